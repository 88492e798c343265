// Runs the example of docs/webhooks.md as it stands there, in a receiver's place. Reads and prints the same as
// webhook_example.py.
const { WebhookVerificationError } = require("standardwebhooks");

const asked = JSON.parse(process.argv[2]);
const example = new Function("require", "secret", "headers", "body", `${asked.example}\nreturn told;`);

function told({ secret, headers, body }) {
  try {
    return example(require, secret, headers, Buffer.from(body)).data.id;
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return null;
  }
}

console.log(JSON.stringify(asked.calls.map(told)));
