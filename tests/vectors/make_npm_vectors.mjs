// Writes npm.json: files and shares made by the npm packages age-encryption and
// shamir-secret-sharing, so that Python can be measured against them where there is no Node.
// They are random; run it again only for a new kind of vector:
//   node tests/vectors/make_npm_vectors.mjs
import { writeFileSync } from 'node:fs'
import * as age from 'age-encryption'
import { split } from 'shamir-secret-sharing'

const hex = (raw) => Buffer.from(raw).toString('hex')
const base64 = (raw) => Buffer.from(raw).toString('base64')

async function file(plaintext) {
  const identity = await age.generateIdentity()
  const recipient = await age.identityToRecipient(identity)
  const encrypter = new age.Encrypter()
  encrypter.addRecipient(recipient)
  const sealed = await encrypter.encrypt(plaintext)
  const decrypter = new age.Decrypter()
  decrypter.addIdentity(identity)
  const fileKey = hex(await decrypter.decryptHeader(sealed))
  return { identity, recipient, file_key: fileKey, plaintext: base64(plaintext), file: base64(sealed) }
}

async function locked(plaintext, passphrase) {
  const encrypter = new age.Encrypter()
  encrypter.setScryptWorkFactor(10)
  encrypter.setPassphrase(passphrase)
  const sealed = await encrypter.encrypt(plaintext)
  return { passphrase, plaintext: base64(plaintext), file: base64(sealed) }
}

async function shares(k, n, size) {
  const secret = crypto.getRandomValues(new Uint8Array(size))
  return { secret: hex(secret), k, n, shares: (await split(secret, n, k)).map(hex) }
}

const words = new TextEncoder().encode('Sealed in a browser, opened in Python.')
const vectors = {
  age: [await file(new Uint8Array()), await file(words), await file(new Uint8Array(1000))],
  passphrase: [await locked(words, 'correct horse battery staple'), await locked(words, '密码 é')],
  shamir: [await shares(2, 4, 32), await shares(3, 5, 32), await shares(2, 3, 1)],
}
writeFileSync(new URL('npm.json', import.meta.url), JSON.stringify(vectors, null, 1) + '\n')
