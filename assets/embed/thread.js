// On the readers' pages: times as people say them, and the frame that they may stand in. Everything works without.
'use strict';

const framed = window.parent !== window;

// Times: relative, with the exact one on hover.
const spoken = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const steps = [[60, 'second', 1], [3600, 'minute', 60], [86400, 'hour', 3600], [2592000, 'day', 86400]];

function tellTimes() {
  for (const time of document.querySelectorAll('time[datetime]')) {
    time.title ||= time.textContent;
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    const step = steps.find(([below]) => Math.abs(seconds) < below);
    if (!step) time.textContent = time.title.replace(/,.*/, '');
    else if (step[1] === 'second') time.textContent = 'just now';
    else time.textContent = spoken.format(Math.trunc(seconds / step[2]), step[1]);
  }
}

tellTimes();
setInterval(tellTimes, 60000);

// Who writes: the platform's token, which the page around this one hands over. What it says is checked when it is sent.
function signIn(token) {
  let reader;
  try {
    const payload = token.split('.')[0].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (c) => c.charCodeAt(0));
    reader = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return;
  }
  for (const field of document.querySelectorAll('input[name=reader]')) field.value = token;
  for (const form of document.querySelectorAll('form[data-guests]')) {
    form.querySelector('.signed bdi').textContent = reader.name || reader.id;
    form.querySelector('.signed').hidden = false;
    form.querySelector('.sign-in')?.remove();
    form.querySelector('.guest')?.remove();
  }
}

// The frame. Whoever frames this page was let do so by its policy (frame-ancestors); what is said goes to that origin.
let around = null;

function say(message) {
  if (around) window.parent.postMessage(message, around);
}

function sayHeight() {
  say({ ombud: 'height', height: Math.ceil(document.body.getBoundingClientRect().height) });
}

function show(target) {
  const place = target && document.getElementById(target);
  if (place) say({ ombud: 'show', top: place.getBoundingClientRect().top + window.scrollY });
}

const fragment = () => decodeURIComponent(location.hash.slice(1));

if (framed) {
  document.documentElement.classList.add('embedded');
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || event.data?.ombud !== 'reader') return;
    around = event.origin;
    if (typeof event.data.token === 'string' && event.data.token) signIn(event.data.token);
    sayHeight();
    show(fragment() || (document.querySelector('.problem') && 'problem'));
  });
  new ResizeObserver(sayHeight).observe(document.body);
  window.addEventListener('hashchange', () => show(fragment()));
  // It says nothing, so anybody may hear it.
  window.parent.postMessage({ ombud: 'ready' }, '*');
}

// One press, one comment. A page that is gone back to can be sent again.
for (const form of document.forms) {
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button')) button.disabled = true;
  });
}
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('button')) button.disabled = false;
});
