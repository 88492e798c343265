// Verifies webhooks as a receiver does that uses the npm library of Standard Webhooks. Reads and prints the same as
// webhook_verify.py.
const { Webhook, WebhookVerificationError } = require("standardwebhooks");

const told = JSON.parse(process.argv[2]);

function verified(secret, { headers, body }) {
  try {
    const payload = new Webhook(secret).verify(body, headers);
    return { id: payload.data.id, type: payload.type };
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return null;
  }
}

console.log(JSON.stringify(told.secrets.map((secret) => told.messages.map((message) => verified(secret, message)))));
