/** What was kept last by its name, up to a weight in all; what was not kept again for longest goes first. */
export class HeldLately<Value> {
  private readonly held = new Map<string, { value: Value; weight: number }>();
  private weight = 0;

  constructor(private readonly most: number) {}

  of(name: string): Value | undefined {
    return this.held.get(name)?.value;
  }

  keep(name: string, value: Value, weight: number): void {
    this.forget(name);
    if (weight > this.most) return;
    this.held.set(name, { value, weight });
    this.weight += weight;
    for (const oldest of this.held.keys()) {
      if (this.weight <= this.most) return;
      this.forget(oldest);
    }
  }

  clear(): void {
    this.held.clear();
    this.weight = 0;
  }

  forget(name: string): void {
    this.weight -= this.held.get(name)?.weight ?? 0;
    this.held.delete(name);
  }
}
