// Jigsaw's client for Node, of which a platform changes one thing: where it calls.
const { Client } = require("@conversationai/perspectiveapi-js-client");

const told = JSON.parse(process.argv[2]);

async function main() {
  const client = new Client(told.key);
  client.perspectiveApiUrl = client.perspectiveApiUrl.replace("https://commentanalyzer.googleapis.com", told.base);
  const scores = await client.getScores(told.text, { attributes: ["TOXICITY", "INSULT", "SPAM"] });
  const refused = await client.getScores(told.text, { attributes: ["WIT"] }).then(() => null, String);
  console.log(JSON.stringify({ scores, refused }));
}

main();
