// Calls an external moderation phase as Coral does, by what Coral documents of it: a signed POST, and an answer that is
// taken only if every value in it is known. Nothing but what comes with Node.
//
//     node coral_phase.js '{"url": …, "secrets": [ … ], "requests": [ … ]}'
"use strict";

const { createHmac } = require("node:crypto");

const STATUSES = ["NONE", "APPROVED", "REJECTED", "PREMOD", "SYSTEM_WITHHELD"];
const REASONS = ["COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM"];
const TAGS = ["FEATURED", "STAFF"];

const isFlag = (action) => action.actionType === "FLAG" && REASONS.includes(action.reason);

// What is wrong with an answer, or null.
function fault({ status, actions = [], tags = [] }) {
  if (status !== undefined && !STATUSES.includes(status)) return `the status ${status}`;
  if (!Array.isArray(actions) || !actions.every(isFlag)) return "the actions";
  if (!Array.isArray(tags) || !tags.every((tag) => TAGS.includes(tag))) return "the tags";
  return null;
}

async function ask({ url, secrets }, request) {
  const body = JSON.stringify(request, null, 2);
  const sign = (secret) => "sha256=" + createHmac("sha256", secret).update(body).digest("hex");
  const headers = {
    "Content-Type": "application/json",
    "User-Agent": "Coral Moderation/9",
    "X-Coral-Signature": secrets.map(sign).join(","),
  };
  const response = await fetch(url, { method: "POST", headers, body });
  const text = await response.text();
  if (!response.ok) return { http: response.status };
  if (response.status === 204 || text === "" || text === "{}") return { http: response.status, answer: null };
  const answer = JSON.parse(text);
  return { http: response.status, answer, fault: fault(answer) };
}

async function main() {
  const told = JSON.parse(process.argv[2]);
  const answers = [];
  for (const request of told.requests) answers.push(await ask(told, request));
  console.log(JSON.stringify(answers));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
