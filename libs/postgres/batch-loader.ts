interface Waiting<Question, Answer> {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

export interface BatchLoaderOptions {
  /** Calls under way at a time; what is asked meanwhile waits for the next. */
  maxConcurrent: number;
  /** Most questions of one call. */
  maxBatchSize: number;
}

/**
 * Questions that go to the database together: those that come while calls are under way share the next one, so that many
 * who ask at once cost little more than one, and one alone waits for nobody.
 */
export class BatchLoader<Question, Answer> {
  private readonly waiting: Waiting<Question, Answer>[] = [];
  private underWay = 0;

  /** `answer` gives an answer to each question, in their order. */
  constructor(
    private readonly answer: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    private readonly options: BatchLoaderOptions,
  ) {}

  load(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      // A turn later, so that what is asked together goes together from the first call on.
      queueMicrotask(() => this.next());
    });
  }

  private next(): void {
    if (this.underWay >= this.options.maxConcurrent || this.waiting.length === 0) return;
    this.underWay += 1;
    void this.call(this.waiting.splice(0, this.options.maxBatchSize)).finally(() => {
      this.underWay -= 1;
      this.next();
    });
    this.next();
  }

  private async call(asked: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.answer(asked.map(({ question }) => question));
      if (answers.length !== asked.length) throw new Error(`${answers.length} answers to ${asked.length} questions`);
      for (const [place, { resolve }] of asked.entries()) resolve(answers[place]!);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
