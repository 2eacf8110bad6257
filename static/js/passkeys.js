/* Passkeys: the browser's part of a ceremony. A form with data-passkey="get" or "create" asks its data-options for what
   the provider wants, lets the device make or use a key, and sends the answer as a form. Without it the forms stay
   hidden, and the text beside them says why. */
(function () {
  'use strict';
  if (!window.PublicKeyCredential || !navigator.credentials || !window.fetch) return;

  // A challenge waits ten minutes; one that waits behind the autofill is asked for anew before it ends.
  var REFRESH = 8 * 60 * 1000;
  var waiting = null;

  function bytes(text) {
    var plain = atob(text.replace(/-/g, '+').replace(/_/g, '/')), out = new Uint8Array(plain.length);
    for (var i = 0; i < plain.length; i++) out[i] = plain.charCodeAt(i);
    return out;
  }

  function text(buffer) {
    var view = new Uint8Array(buffer), plain = '';
    for (var i = 0; i < view.length; i++) plain += String.fromCharCode(view[i]);
    return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }

  function withBytes(list) {
    (list || []).forEach(function (key) {
      key.id = bytes(key.id);
      if (!key.transports || !key.transports.length) delete key.transports;
    });
  }

  // What the provider wants, as the browser takes it.
  function options(form) {
    var body = new URLSearchParams();
    body.set('csrf', form.elements.csrf.value);
    return fetch(form.getAttribute('data-options'), { method: 'POST', body: body, credentials: 'same-origin' }).then(function (answer) {
      if (!answer.ok || !/json/.test(answer.headers.get('content-type'))) throw new Error('options');
      return answer.json();
    }).then(function (json) {
      var key = json.publicKey;
      key.challenge = bytes(key.challenge);
      if (key.user) key.user.id = bytes(key.user.id);
      withBytes(key.excludeCredentials);
      withBytes(key.allowCredentials);
      return { publicKey: key };
    });
  }

  function written(credential) {
    var answer = credential.response, response = { clientDataJSON: text(answer.clientDataJSON) };
    if (answer.attestationObject) {
      response.attestationObject = text(answer.attestationObject);
      response.transports = answer.getTransports ? answer.getTransports() : [];
    } else {
      response.authenticatorData = text(answer.authenticatorData);
      response.signature = text(answer.signature);
      response.userHandle = answer.userHandle ? text(answer.userHandle) : null;
    }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response });
  }

  function say(form, word) {
    var line = form.querySelector('.passkey-said');
    line.querySelector('span').textContent = word ? form.getAttribute('data-' + word) : '';
    line.hidden = !word;
  }

  // In plain words what went wrong. The standard hides from us whether the person or the device said no.
  function why(error) {
    if (error.name === 'InvalidStateError') return 'known';
    if (error.name === 'NotSupportedError' || error.name === 'ConstraintError') return 'unsupported';
    if (error.name === 'SecurityError') return 'insecure';
    if (error.name === 'NotAllowedError' || error.name === 'AbortError') return 'cancelled';
    return 'broken';
  }

  function busy(form, is) {
    var button = form.querySelector('button');
    form.setAttribute('aria-busy', String(is));
    button.disabled = is;
    button.classList.toggle('is-busy', is);
  }

  function send(form, credential) {
    var remember = document.querySelector('input[type=checkbox][name=remember]');
    if (form.elements.remember && remember) form.elements.remember.value = remember.checked ? '1' : '';
    form.elements.credential.value = written(credential);
    form.submit();
  }

  function give(form, mediation) {
    return options(form).then(function (wanted) {
      if (form.getAttribute('data-passkey') === 'create') return navigator.credentials.create(wanted);
      if (!mediation) return navigator.credentials.get(wanted);
      waiting = new AbortController();
      wanted.mediation = mediation;
      wanted.signal = waiting.signal;
      return navigator.credentials.get(wanted);
    });
  }

  function press(form) {
    say(form, '');
    busy(form, true);
    if (waiting) waiting.abort();
    give(form).then(function (credential) { send(form, credential); }, function (error) {
      busy(form, false);
      say(form, why(error));
      // Now the other ways are wanted, that of a lost passkey among them.
      var others = document.getElementById('login-others');
      if (others) others.open = true;
      if (form.hasAttribute('data-autofill')) offer(form);
    });
  }

  // Among the names that the browser offers in the username field, where it can. Silent: nobody asked for it yet.
  function offer(form) {
    var able = window.PublicKeyCredential.isConditionalMediationAvailable;
    if (!able) return;
    able.call(window.PublicKeyCredential).then(function (can) {
      if (!can) return;
      var again = window.setTimeout(function () { if (waiting) waiting.abort(); offer(form); }, REFRESH);
      give(form, 'conditional').then(function (credential) {
        busy(form, true);
        send(form, credential);
      }, function () { window.clearTimeout(again); });
    });
  }

  document.querySelectorAll('form[data-passkey]').forEach(function (form) {
    form.hidden = false;
    document.querySelectorAll('[data-no-passkeys]').forEach(function (line) { line.hidden = true; });
    form.addEventListener('submit', function (event) { event.preventDefault(); press(form); });
    if (form.hasAttribute('data-autofill')) offer(form);
    window.addEventListener('pageshow', function (event) { if (event.persisted) busy(form, false); });
  });
}());
