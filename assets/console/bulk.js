// Dragging over the dots chooses the range; without this file it is typed.

const axis = document.getElementById("axis");
const range = document.getElementById("axis-range");
const [form, min, max] = ["range-form", "min", "max"].map((id) => document.getElementById(id));
const width = Number(axis.dataset.width);
let from = null;

document.getElementById("drag-hint").hidden = false;
document.getElementById("attribute").addEventListener("change", () => {
  min.value = "";
  max.value = "";
});

/** The score under the pointer, 0 to 1, to the hundredth. */
function score(event) {
  const box = axis.getBoundingClientRect();
  const at = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
  return Math.round(at * 100) / 100;
}

function mark(a, b) {
  const [low, high] = a < b ? [a, b] : [b, a];
  min.value = low.toFixed(2);
  max.value = high.toFixed(2);
  range.setAttribute("x", low * width);
  range.setAttribute("width", (high - low) * width);
}

axis.addEventListener("pointerdown", (event) => {
  from = score(event);
  axis.setPointerCapture(event.pointerId);
  mark(from, from);
});
axis.addEventListener("pointermove", (event) => {
  if (from !== null) mark(from, score(event));
});
axis.addEventListener("pointerup", (event) => {
  if (from === null) return;
  mark(from, score(event));
  from = null;
  form.requestSubmit();
});
