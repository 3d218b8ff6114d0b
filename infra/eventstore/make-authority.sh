#!/bin/sh
# Makes a small authority and the certificate of one EventStoreDB node, once: make-authority.sh AUTHORITY NODE TRUST [HOST]
# AUTHORITY keeps the authority's key; NODE is for the server (node.crt, node.key, ca/ca.crt); TRUST for whoever calls it (ca.crt).
set -eu
umask 077
authority=$1 node=$2 trust=$3 host=${4:-eventstore}

if [ ! -f "$authority/ca.crt" ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj '/O=Touchline/CN=touchline authority' \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$authority/ca.key" -out "$authority/ca.new"
  mv "$authority/ca.new" "$authority/ca.crt"
fi

if [ ! -f "$node/node.crt" ]; then
  # The name is what nodes know each other by; the hosts are what callers hold it against.
  openssl req -newkey rsa:2048 -nodes -sha256 -subj '/CN=eventstoredb-node' -keyout "$node/node.key" -out "$node/node.csr"
  cat > "$node/extensions" <<EXTENSIONS
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:$host,DNS:localhost,IP:127.0.0.1
EXTENSIONS
  openssl x509 -req -sha256 -days 3650 -in "$node/node.csr" -CA "$authority/ca.crt" -CAkey "$authority/ca.key" \
    -CAcreateserial -extfile "$node/extensions" -out "$node/node.new"
  rm "$node/node.csr" "$node/extensions"
  mv "$node/node.new" "$node/node.crt"
fi

mkdir -p "$node/ca"
cp "$authority/ca.crt" "$node/ca/ca.crt"
cp "$authority/ca.crt" "$trust/ca.crt"
# The server and its callers are not root; the key is in a volume that the server alone has.
chmod 755 "$node" "$node/ca" "$trust"
chmod 644 "$node/node.key" "$node/node.crt" "$node/ca/ca.crt" "$trust/ca.crt"
