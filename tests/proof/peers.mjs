// Answers questions about other people's implementations: a JSON list in, a JSON list out.
// Each question is [verb, ...arguments]; bytes travel as base64.
import * as age from 'age-encryption'
import * as testkit from 'cctv-age'
import { combine, split } from 'shamir-secret-sharing'

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'))
const text = (raw) => Buffer.from(raw).toString('base64')

const verbs = {
  async ageDecrypt(file, identity) {
    const decrypter = new age.Decrypter()
    decrypter.addIdentity(identity)
    return text(await decrypter.decrypt(bytes(file)))
  },
  async ageFileKey(file, identity) {
    const decrypter = new age.Decrypter()
    decrypter.addIdentity(identity)
    return text(await decrypter.decryptHeader(bytes(file)))
  },
  async ageEncrypt(plaintext, recipient) {
    const encrypter = new age.Encrypter()
    encrypter.addRecipient(recipient)
    return text(await encrypter.encrypt(bytes(plaintext)))
  },
  async agePassphraseEncrypt(plaintext, passphrase) {
    const encrypter = new age.Encrypter()
    encrypter.setScryptWorkFactor(10)
    encrypter.setPassphrase(passphrase)
    return text(await encrypter.encrypt(bytes(plaintext)))
  },
  async agePassphraseDecrypt(file, passphrase) {
    const decrypter = new age.Decrypter()
    decrypter.addPassphrase(passphrase)
    return text(await decrypter.decrypt(bytes(file)))
  },
  ageRecipient: (identity) => age.identityToRecipient(identity),
  shamirSplit: async (secret, k, n) => (await split(bytes(secret), n, k)).map(text),
  shamirCombine: async (shares) => text(await combine(shares.map(bytes))),
  stringify: (value) => JSON.stringify(value), // keys come sorted; this is what RFC 8785 builds on
  testkit: () => Object.fromEntries(
    Object.entries(testkit).filter(([, file]) => file.length).map(([name, file]) => [name, text(file)]),
  ),
}

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const answers = []
for (const [verb, ...given] of JSON.parse(Buffer.concat(chunks))) answers.push(await verbs[verb](...given))
process.stdout.write(JSON.stringify(answers))
