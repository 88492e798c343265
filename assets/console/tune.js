// Thresholds as handles on their drawings: dragged by mouse or finger, moved by arrow keys, and tied to the field with the
// number, which is what is sent. Without this file the number is typed.

// The drawing's own units, as the server draws it.
const [LEFT, RIGHT, WIDE] = [38, 344, 352];
const [TOP, BOTTOM] = [36, 146];
const STEP = 0.01;
const LARGE_STEP = 0.1;
// How near a line it has to be taken, in pixels, where not by its handle.
const NEAR = 14;

const x = (score) => LEFT + (RIGHT - LEFT) * score;
const within = (value, low, high) => Math.min(Math.max(value, low), high);

/** A threshold as pages write it: two decimals, or as many as it has. */
const written = (score) => (Number(score.toFixed(2)) === score ? score.toFixed(2) : String(score));

/** The number in a field, or null where there is none that can be drawn. */
function typed(input) {
  const text = input.value.trim().replace(",", ".");
  const value = /^\d*\.?\d*$/.test(text) && /\d/.test(text) ? Number(text) : NaN;
  return value >= 0 && value <= 1 ? value : null;
}

/** Which share of a whole, as the server words it. */
function share(part, whole) {
  const percent = Math.floor((part * 100 + Math.floor(whole / 2)) / whole);
  if (percent === 0 && part > 0) return "under 1 %";
  if (percent === 100 && part < whole) return "over 99 %";
  return `${percent} %`;
}

class Threshold {
  constructor(card, input) {
    this.card = card;
    this.input = input;
    this.kind = input.dataset.mark;
    const hint = document.getElementById(`${input.id}-hint`);
    this.reach = hint.querySelector("[data-reach]");
    this.inForce = hint.querySelector(".in-force");
    this.first = hint.querySelector("[data-in-force]").textContent;
    this.handle = document.createElement("span");
    this.handle.className = `handle ${this.kind}`;
    this.handle.id = `${input.id}-handle`;
    this.handle.tabIndex = 0;
    for (const [name, value] of [["role", "slider"], ["aria-valuemin", 0], ["aria-valuemax", 1]]) {
      this.handle.setAttribute(name, value);
    }
    this.handle.setAttribute("aria-label", input.labels[0].textContent.trim());
    card.frame.append(this.handle);
    this.handle.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("input", () => this.draw());
    this.draw();
  }

  get value() {
    return typed(this.input);
  }

  /** Takes the threshold to a score, though not past the other of its attribute. */
  move(score) {
    const other = this.card.other(this);
    const [low, high] = this.kind === "review" ? [0, other ?? 1] : [other ?? 0, 1];
    this.input.value = written(within(Math.round(score * 10000) / 10000, low, high));
    // Whoever listens to the field hears of it, as if it had been typed.
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  press(event) {
    const now = this.value ?? Number(this.first);
    const to = {
      ArrowRight: now + STEP,
      ArrowUp: now + STEP,
      ArrowLeft: now - STEP,
      ArrowDown: now - STEP,
      PageUp: now + LARGE_STEP,
      PageDown: now - LARGE_STEP,
      Home: 0,
      End: 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.move(to);
  }

  draw() {
    const score = this.value;
    this.inForce.classList.toggle("changed", score !== Number(this.first));
    if (score === null) {
      // A slider stands somewhere also while its field has no number: where it stood, or where the line is that is in force.
      if (!this.handle.style.left) this.handle.style.left = `${(100 * x(Number(this.first))) / WIDE}%`;
      const stood = this.handle.getAttribute("aria-valuenow") ?? this.first;
      this.handle.setAttribute("aria-valuenow", stood);
      this.handle.setAttribute("aria-valuetext", "The field has no score from 0 to 1");
      return;
    }
    const at = x(score);
    const find = (part) => this.card.drawing.querySelector(`${part}[data-mark="${this.kind}"]`);
    const above = find(".above");
    above.setAttribute("x", at);
    above.setAttribute("width", RIGHT - at);
    const head = this.kind === "review" ? 4 : 20;
    find(".mark-edge").setAttribute("d", `M${at} ${TOP}V${BOTTOM}`);
    find(".mark").setAttribute("d", `M${at} ${head}V${BOTTOM}`);
    const name = find(".mark-name");
    const left = score > 0.6;
    name.textContent = `${this.kind} ${written(score)}`;
    name.setAttribute("x", left ? at - 4 : at + 4);
    name.setAttribute("text-anchor", left ? "end" : "start");
    this.handle.style.left = `${(100 * at) / WIDE}%`;
    const reach = this.card.reach(score);
    this.reach.textContent = reach;
    this.handle.setAttribute("aria-valuenow", score);
    this.handle.setAttribute("aria-valuetext", `${written(score)}: ${reach}`);
  }
}

class Card {
  constructor(element) {
    this.frame = element.querySelector(".dial-frame");
    this.drawing = this.frame.querySelector("svg");
    this.counts = element.dataset.counts.split(",").map(Number);
    this.all = this.counts.reduce((sum, count) => sum + count, 0);
    this.thresholds = [];
    for (const input of element.querySelectorAll("input[data-mark]")) this.thresholds.push(new Threshold(this, input));
    this.frame.classList.add("live");
    this.frame.addEventListener("pointerdown", (event) => this.take(event));
  }

  /** Where the other threshold stands, be it a field of this card or drawn from what the paper has. */
  other(threshold) {
    const found = this.thresholds.find((one) => one !== threshold);
    if (found) return found.value;
    const kind = threshold.kind === "review" ? "reject" : "review";
    const name = this.drawing.querySelector(`.mark-name[data-mark="${kind}"]`);
    return name ? Number(name.textContent.split(" ").pop()) : null;
  }

  reach(score) {
    const from = Math.floor(Math.round(score * 10000) / 100);
    const count = this.counts.slice(from).reduce((sum, one) => sum + one, 0);
    const scores = `${count.toLocaleString("en")} ${count === 1 ? "score" : "scores"} at or above`;
    return count === 0 || this.all === 0 ? scores : `${scores}, ${share(count, this.all)}`;
  }

  /** Follows the pointer with the threshold that it took by its handle, or whose line is near. */
  take(event) {
    if (event.button !== 0) return;
    const box = this.frame.getBoundingClientRect();
    const scale = box.width / WIDE;
    const place = (threshold) => box.left + x(threshold.value ?? 0) * scale;
    const away = (threshold) => Math.abs(event.clientX - place(threshold));
    const held = this.thresholds.find((threshold) => threshold.handle === event.target);
    const nearest = [...this.thresholds].sort((a, b) => away(a) - away(b))[0];
    const threshold = held ?? (nearest && away(nearest) <= NEAR ? nearest : null);
    if (!threshold) return;
    event.preventDefault();
    threshold.handle.focus({ preventScroll: true });
    // Taken beside the line, it keeps its distance.
    const offset = event.clientX - place(threshold);
    const follow = (moved) => {
      const score = ((moved.clientX - offset - box.left) / scale - LEFT) / (RIGHT - LEFT);
      threshold.move(Math.round(score / STEP) * STEP);
    };
    const frame = this.frame;
    frame.setPointerCapture(event.pointerId);
    frame.addEventListener("pointermove", follow);
    const end = () => {
      frame.removeEventListener("pointermove", follow);
      frame.removeEventListener("pointerup", end);
      frame.removeEventListener("pointercancel", end);
    };
    frame.addEventListener("pointerup", end);
    frame.addEventListener("pointercancel", end);
  }
}

for (const element of document.querySelectorAll(".dial")) new Card(element);
for (const hint of document.querySelectorAll(".with-script")) hint.hidden = false;
