// The queue with scripts: the next comments are there before they are needed, decisions are sent while she reads on,
// and every action has a key. Without this file every action is a form, and nothing is missing but speed.

const root = document.getElementById("queue");
const { base, query, token } = root.dataset;
const cards = document.getElementById("cards");
const said = document.getElementById("said");
const empty = document.getElementById("empty");
const undoButton = document.getElementById("undo");
const keysDialog = document.getElementById("keys");

const MOST_UNDO = 20;
const SAID_FOR = 8000;
// Whoever has touched nothing for so long is away; what lies on her desk goes back when the lease is over.
const AWAY_AFTER = 5 * 60 * 1000;
const AGAIN_AFTER = 5000;

// What is to be sent stands in the tab's own storage until it is answered, so that neither a lost connection nor a
// session that is over loses a decision. No text of a comment is in it, only what the form says.
const stored = (name) => ({
  get: () => JSON.parse(sessionStorage.getItem(`${name} ${base}`) ?? "[]"),
  set: (list) => sessionStorage.setItem(`${name} ${base}`, JSON.stringify(list)),
});
const outbox = stored("outbox");
const decided = stored("decided");

const put = new Map(); // cards that were decided on, by comment, should she take it back
let active = Date.now();
let filling = false;
let sending = false;

// The desk

const all = () => [...cards.querySelectorAll(".card-comment")];
const current = () => all().find((card) => !card.hidden);

function show(card) {
  for (const other of all()) other.hidden = other !== card;
  empty.hidden = Boolean(card);
  if (card) {
    window.scrollTo({ top: 0 });
    card.focus({ preventScroll: true });
  }
  list();
}

/** The next five, one line each. */
function list() {
  const next = all().filter((card) => card.hidden).slice(0, 5);
  const lines = next.map((card) => {
    const line = document.createElement("li");
    const why = document.createElement("p");
    why.className = "quiet";
    why.textContent = `${card.dataset.lineWait} · ${card.dataset.lineWhy}`;
    const text = document.createElement("p");
    text.dir = "auto";
    text.textContent = card.dataset.lineText;
    line.append(why, text);
    return line;
  });
  document.getElementById("next-list").replaceChildren(...lines);
  document.getElementById("next").hidden = lines.length === 0;
  undoButton.hidden = decided.get().length === 0;
}

/** Brings the desk to its full number of comments. */
async function fill() {
  if (filling || all().length >= Number(root.dataset.ahead)) return;
  filling = true;
  try {
    const body = new URLSearchParams({ form_token: token });
    for (const card of all()) body.append("have", card.dataset.comment);
    // What is decided already and not yet answered must not come back.
    for (const job of outbox.get()) body.append("have", job.fields.comment);
    const answer = await fetch(`${base}/desk${query}`, { method: "POST", body, redirect: "manual" });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const known = new Set(all().map((card) => card.dataset.comment));
      for (const card of page.querySelectorAll(".card-comment")) {
        if (known.has(card.dataset.comment)) continue;
        card.hidden = true;
        cards.append(card);
      }
      document.getElementById("pace").replaceWith(page.getElementById("pace"));
    }
  } catch {
    // Without a connection there is nothing to fetch; it is tried again with the next decision.
  } finally {
    filling = false;
  }
  if (!current()) show(all()[0]);
  else list();
}

// What is said

let silence;
function say(words, { refused = false, buttons = [] } = {}) {
  const bar = document.createElement("div");
  bar.className = refused ? "bar-said refused" : "bar-said";
  const text = document.createElement("span");
  text.textContent = words;
  bar.append(text);
  for (const [label, press] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", press);
    bar.append(button);
  }
  said.replaceChildren(bar);
  clearTimeout(silence);
  if (!refused) silence = setTimeout(() => said.replaceChildren(), SAID_FOR);
}

const WORDS = {
  approve: "Approved.",
  reject: "Rejected.",
  skip: "Skipped. Others are asked; you are not for some time.",
  escalate: "Handed on.",
  second: "A second opinion is asked for.",
  opinion: "Noted. It waits until enough agree.",
  check: "Noted. It was a check.",
  void: "There was nothing to judge any longer: it was taken back or changed meanwhile.",
  undo: "Taken back.",
};

// Deciding

function decide(card, what) {
  const form = card.querySelector("form.decide");
  const fields = Object.fromEntries(new FormData(form));
  delete fields.form_token;
  fields.do = what;
  const word = what.split(" ")[0];
  put.set(fields.comment, card);
  const rest = all();
  const place = rest.indexOf(card);
  card.remove();
  show(rest[place + 1] ?? rest[place - 1]);
  // A check is judged once, and it is not told what came of it.
  const undoable = !fields.check && (word === "approve" || word === "reject");
  say(WORDS[fields.check && word !== "skip" ? "check" : word], { buttons: undoable ? [["Undo", undo]] : [] });
  if (undoable) decided.set([...decided.get(), { comment: fields.comment, version: null }].slice(-MOST_UNDO));
  list();
  send({ to: "decide", fields });
}

function undo() {
  const before = decided.get();
  const last = before.pop();
  if (!last) return;
  decided.set(before);
  // Not even sent: then nobody has to hear of it.
  const waiting = outbox.get();
  const unsent = waiting.findIndex((job, place) => place > 0 && job.to === "decide" && job.fields.comment === last.comment);
  if (unsent > 0) {
    waiting.splice(unsent, 1);
    outbox.set(waiting);
    back(last.comment);
  } else {
    send({ to: "undo", fields: { comment: last.comment, version: last.version } });
  }
  say(WORDS.undo);
  list();
}

/** Lays a comment on the desk again. */
function back(comment, version) {
  const card = put.get(comment);
  if (!card) return;
  put.delete(comment);
  if (version) {
    card.querySelector("[name=version]").value = version;
    card.querySelector("[name=claim]").value = "";
    card.dataset.claim = "";
  }
  for (const menu of card.querySelectorAll(".menu[open]")) menu.open = false;
  cards.prepend(card);
  show(card);
}

function send(job) {
  outbox.set([...outbox.get(), job]);
  drain();
}

/** Sends what waits to be sent, one after the other: an undo must not overtake its decision. */
async function drain() {
  if (sending) return;
  sending = true;
  while (outbox.get().length > 0) {
    const [job] = outbox.get();
    const version = job.fields.version ?? versionOf(job.fields.comment);
    const body = new URLSearchParams({ ...job.fields, version, form_token: token });
    let answer;
    try {
      answer = await fetch(`${base}/${job.to}${query}`, {
        method: "POST",
        body,
        headers: { accept: "application/json" },
        redirect: "manual",
      });
    } catch {
      answer = null;
    }
    if (answer?.status === 401) {
      // After signing in this page comes again, and sends what is left.
      location.assign(base + query);
      return;
    }
    if (!answer || answer.status >= 500 || answer.status === 429) {
      say("No connection to ombud. What you decide is kept, and sent when it is back.", { refused: true });
      setTimeout(drain, AGAIN_AFTER);
      break;
    }
    if (answer.status === 403 && !job.again) {
      // The page may be from before she signed in anew, in another tab: asked for again, it has what its forms need.
      outbox.set([{ ...job, again: true }, ...outbox.get().slice(1)]);
      location.reload();
      return;
    }
    outbox.set(outbox.get().slice(1));
    const json = answer.headers.get("content-type")?.startsWith("application/json");
    settle(job, answer.ok, json ? await answer.json() : null);
  }
  sending = false;
  fill();
}

const versions = new Map(); // of decisions that were answered after they were taken back
const versionOf = (comment) => versions.get(comment) ?? 0;

function settle(job, fine, told) {
  const { comment } = job.fields;
  if (fine && job.to === "undo") {
    back(comment, told.version);
  } else if (fine) {
    versions.set(comment, told.version);
    decided.set(decided.get().map((one) => (one.comment === comment ? { ...one, version: told.version } : one)));
    if (told.did === "void") say(WORDS.void);
    if (told.did === "opinion") {
      decided.set(decided.get().filter((one) => one.comment !== comment));
      say(WORDS.opinion);
    }
  } else {
    decided.set(decided.get().filter((one) => one.comment !== comment));
    conflict(job, told);
  }
  list();
}

function conflict(job, told) {
  if (!told) {
    say("That could not be done. The comment waits as before.", { refused: true });
    return;
  }
  const buttons = [["Keep it", () => said.replaceChildren()]];
  if (told.overrule) {
    const overrule = () => {
      said.replaceChildren();
      decided.set([...decided.get(), { comment: job.fields.comment, version: null }].slice(-MOST_UNDO));
      send({ to: "decide", fields: { ...job.fields, version: told.version, claim: "" } });
    };
    buttons.push([told.overrule, overrule]);
  }
  say(`${told.title} ${told.detail}`, { refused: true, buttons });
}

cards.addEventListener("submit", (event) => {
  event.preventDefault();
  const card = event.target.closest(".card-comment");
  if (event.submitter?.name === "do") decide(card, event.submitter.value);
});
undoButton.addEventListener("click", undo);

// Keys

const keysOn = document.getElementById("keys-on");
keysOn.checked = localStorage.getItem("ombud keys") !== "off";
keysOn.addEventListener("change", () => localStorage.setItem("ombud keys", keysOn.checked ? "on" : "off"));
document.getElementById("show-keys").addEventListener("click", () => keysDialog.showModal());

let went = 0; // when `g` was pressed
/** Leads to the page of this key, if her role may open one: the bar has only those. Any other key does nothing here. */
function go(key) {
  const link = [...document.querySelectorAll(".bar-rooms [data-go]")].find((link) => link.dataset.go === key);
  if (link) location.assign(link.href);
}

function step(by) {
  const rest = all();
  const next = rest[rest.indexOf(current()) + by];
  if (next) show(next);
}

function press(key) {
  const card = current();
  const going = Date.now() - went < 1500;
  went = 0;
  if (going) return go(key);
  if (key === "?") return keysDialog.showModal();
  if (key === "u") return undo();
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "g") return void (went = Date.now());
  if (key === "/") return location.assign(base.replace(/\/queue$/, "/search"));
  if (!card) return false;
  const open = card.querySelector(".menu[open]");
  if (/^[1-9]$/.test(key)) return open?.querySelector(`[data-digit="${key}"]`)?.click() ?? Boolean(open);
  const target = card.querySelector(`[data-key="${key}"]`);
  if (!target) return false;
  const fold = target.matches("summary") ? target.parentElement : target.matches("details") ? target : null;
  if (!fold) return target.click();
  fold.open = !fold.open;
  if (fold.open) fold.querySelector(".menu-list button, textarea")?.focus();
  else card.focus();
}

document.addEventListener("keydown", (event) => {
  active = Date.now();
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll(".menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    if (event.target.matches("textarea")) current()?.focus();
    return;
  }
  const typing = event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  if (!keysOn.checked || typing || keysDialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length === 1 && press(event.key.toLowerCase()) !== false) event.preventDefault();
});
document.addEventListener("pointerdown", (event) => {
  active = Date.now();
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Keeping what lies on the desk, and giving it back

const claims = () => all().map((card) => card.dataset.claim).filter(Boolean);
const named = (list) => {
  const body = new URLSearchParams({ form_token: token });
  for (const claim of list) body.append("claim", claim);
  return body;
};

setInterval(() => {
  if (Date.now() - active > AWAY_AFTER || claims().length === 0) return;
  fetch(`${base}/keep`, { method: "POST", body: named(claims()), redirect: "manual" }).catch(() => {});
}, (Number(root.dataset.lease) * 1000) / 3);

addEventListener("pagehide", () => {
  // The one in focus stays hers: she may only have loaded the page anew.
  const focus = current()?.dataset.claim;
  const rest = claims().filter((claim) => claim !== focus);
  if (rest.length > 0) navigator.sendBeacon(`${base}/release`, named(rest));
});

// How much waits, as it changes

let source;
function listen() {
  source?.close();
  if (document.hidden) return;
  source = new EventSource(`${base}/live`);
  source.addEventListener("message", ({ data }) => {
    const { waiting, headline, oldest } = JSON.parse(data);
    document.getElementById("depth").textContent = headline;
    document.getElementById("oldest").hidden = oldest === null;
    document.getElementById("oldest-span").textContent = oldest ?? "";
    document.title = document.title.replace(/^[^·]*·/, `${headline} ·`);
    if (waiting > 0 && !current()) fill();
  });
}
document.addEventListener("visibilitychange", listen);

document.getElementById("keys-line").hidden = false;
// Where there is room for the choices beside the comment, they stand open.
const roomy = matchMedia("(min-width: 1100px)");
const filters = document.getElementById("filters");
roomy.addEventListener("change", () => {
  filters.open = roomy.matches;
});
if (roomy.matches) filters.open = true;
listen();
if (current()) show(current());
// Decisions of before she had to sign in again come first: what they are about must not be handed out again.
drain();
