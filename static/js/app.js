/* Enhancement only: every page works without it. Old syntax on purpose, for old engines. */
(function () {
  'use strict';

  function each(selector, act) {
    var found = document.querySelectorAll(selector);
    for (var i = 0; i < found.length; i++) act(found[i]);
  }

  // Show and hide the password; it is hidden again before it is sent.
  each('[data-reveal]', function (button) {
    var input = document.getElementById(button.getAttribute('data-reveal'));
    function show(visible) {
      input.type = visible ? 'text' : 'password';
      button.textContent = button.getAttribute(visible ? 'data-hide' : 'data-show');
      button.setAttribute('aria-label', button.getAttribute(visible ? 'data-hide-label' : 'data-show-label'));
    }
    show(false);
    button.hidden = false;
    button.parentNode.className += ' has-reveal';
    button.addEventListener('click', function () {
      show(input.type === 'password');
      input.focus();
    });
    if (input.form) input.form.addEventListener('submit', function () { show(false); });
  });

  // A field left empty is named under the field, in the page's own words.
  each('[data-missing]', function (input) {
    var line = document.getElementById(input.id + '-error');
    input.addEventListener('invalid', function (event) {
      event.preventDefault();
      line.querySelector('span').textContent = input.getAttribute('data-missing');
      line.hidden = false;
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', line.id);
      if (input.form.querySelector(':invalid') === input) input.focus();
    });
    input.addEventListener('input', function () {
      line.hidden = true;
      input.removeAttribute('aria-invalid');
    });
  });

  // A form is sent once. The pressed button says so; all are free again when the page comes back from the cache.
  each('form[data-busy]', function (form) {
    var sent = false, pressed = null, words = '';
    form.addEventListener('click', function (event) {
      var target = event.target;
      if (target.type === 'submit') pressed = target;
    });
    form.addEventListener('submit', function (event) {
      if (sent) { event.preventDefault(); return; }
      sent = true;
      pressed = event.submitter || pressed || form.querySelector('[type=submit]');
      words = pressed.textContent;
      if (pressed.getAttribute('data-waiting')) pressed.textContent = pressed.getAttribute('data-waiting');
      pressed.className += ' is-busy';
      form.setAttribute('aria-busy', 'true');
    });
    window.addEventListener('pageshow', function (event) {
      if (!event.persisted || !sent) return;
      sent = false;
      if (pressed.getAttribute('data-waiting')) pressed.textContent = words;
      pressed.className = pressed.className.replace(' is-busy', '');
      form.removeAttribute('aria-busy');
    });
  });

  // One button asks for a file and sends it; without a script there are two.
  each('input[data-send]', function (input) {
    var button = document.getElementById(input.getAttribute('data-send'));
    var has = function () { return input.files && input.files.length; };
    var had = document.activeElement === input || input.getAttribute('aria-invalid');
    input.className += ' visually-hidden';
    input.tabIndex = -1;
    button.setAttribute('aria-describedby', input.getAttribute('aria-describedby'));
    if (had) button.focus();
    button.addEventListener('click', function (event) {
      if (has()) return;
      event.preventDefault();
      input.click();
    });
    input.addEventListener('change', function () {
      if (has()) button.click();
    });
  });

  // Counts a wait down, and frees the form at its end.
  each('[data-countdown]', function (notice) {
    var end = Date.now() + 1000 * Number(notice.getAttribute('data-countdown'));
    var text = notice.getAttribute('data-countdown-text');
    var line = notice.querySelector('p');
    var form = notice.parentNode;
    var button = form.querySelector('.button-primary');
    button.disabled = true;
    notice.setAttribute('aria-live', 'off');
    function tick() {
      var left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) {
        notice.hidden = true;
        button.disabled = false;
        return;
      }
      var seconds = left % 60;
      line.textContent = text.replace('%s', Math.floor(left / 60) + ':' + (seconds < 10 ? '0' : '') + seconds);
      window.setTimeout(tick, 250);
    }
    tick();
  });

  // Prints the page, which Ctrl+P does without us.
  each('[data-print]', function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });

  // The menu of the console closes when it is left.
  each('.console-menu', function (menu) {
    document.addEventListener('keydown', function (event) {
      if (event.key !== 'Escape' || !menu.open) return;
      menu.open = false;
      menu.querySelector('summary').focus();
    });
    document.addEventListener('click', function (event) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // Moments, written as the person's own place and language write them.
  if (window.Intl && Intl.DateTimeFormat) each('time[data-moment]', function (time) {
    var moment = new Date(time.getAttribute('datetime'));
    try {
      time.title = time.textContent;
      time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(moment);
    } catch (e) { /* the text that the server wrote stays */ }
  });

  // Copy, where the browser lets us.
  if (navigator.clipboard) each('[data-copy]', function (button) {
    var words = button.textContent, name = button.getAttribute('aria-label');
    button.hidden = false;
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', function () {
      var source = document.getElementById(button.getAttribute('data-copy'));
      navigator.clipboard.writeText(source.textContent).then(function () {
        button.textContent = button.getAttribute('data-copied');
        button.removeAttribute('aria-label');
        window.setTimeout(function () {
          button.textContent = words;
          if (name) button.setAttribute('aria-label', name);
        }, 1600);
      });
    });
  });
}());
