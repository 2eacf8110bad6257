/* Goes on to the application once its frames have loaded, or after three seconds. Without it the page refreshes by
   itself, and has a link. Old syntax on purpose, for old engines. */
(function () {
  'use strict';

  var section = document.getElementById('signed-out');
  var next = section && section.getAttribute('data-continue');
  var gone = false;
  if (!next) return;

  function go() {
    if (gone) return;
    gone = true;
    window.location.replace(next);
  }

  // The page has loaded when all of its frames have, or failed.
  if (document.readyState === 'complete') go();
  window.addEventListener('load', go, false);
  window.setTimeout(go, 3000);
})();
