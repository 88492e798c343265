// Puts the discussion of an article where this script stands:
//
//   <script src="https://comments.example.com/embed.js" data-site="the-daily" data-article="a-17" async></script>
//
// data-reader is a token that says who reads; data-theme, -font, -size, -text, -quiet, -background and -accent say how it
// looks. docs/embed.md describes them.
(() => {
  'use strict';
  const script = document.currentScript;
  if (!script || !script.dataset.site || !script.dataset.article) {
    console.error('ombud: the script needs data-site and data-article');
    return;
  }
  const { site, article } = script.dataset;
  const ombud = new URL(script.src);
  const address = new URL(
    `embed/${encodeURIComponent(site)}/articles/${encodeURIComponent(article)}`,
    new URL('.', ombud),
  );
  for (const name of ['theme', 'font', 'size', 'text', 'quiet', 'background', 'accent', 'sort']) {
    if (script.dataset[name]) address.searchParams.set(name, script.dataset[name]);
  }
  const frame = document.createElement('iframe');
  frame.title = 'Comments';
  frame.src = address.href;
  Object.assign(frame.style, { display: 'block', width: '100%', height: '320px', border: '0', colorScheme: 'normal' });

  window.addEventListener('message', (event) => {
    if (event.origin !== ombud.origin || event.source !== frame.contentWindow) return;
    const { ombud: said, height, top } = event.data ?? {};
    if (said === 'ready') {
      // Read anew each time: the page may have got a fresh token meanwhile.
      frame.contentWindow.postMessage({ ombud: 'reader', token: script.dataset.reader ?? '' }, ombud.origin);
    } else if (said === 'height' && Number.isFinite(height)) {
      frame.style.height = `${Math.min(Math.max(height, 120), 200000)}px`;
    } else if (said === 'show' && Number.isFinite(top)) {
      window.scrollTo({ top: window.scrollY + frame.getBoundingClientRect().top + Math.max(top, 0) - 80 });
    }
  });
  script.after(frame);
})();
