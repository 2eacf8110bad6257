/* The OP iframe of OpenID Connect Session Management 1.0, section 3.2. Old syntax on purpose, for old engines. */
(function () {
  'use strict';

  var name = document.documentElement.getAttribute('data-cookie');

  // The state of this browser; empty where nobody is signed in. A cookie that is there twice was planted.
  function browserState() {
    var pairs = document.cookie.split(';'), found = [];
    for (var i = 0; i < pairs.length; i++) {
      var pair = pairs[i].replace(/^\s+/, '');
      if (pair.indexOf(name + '=') === 0) found.push(pair.substring(name.length + 1));
    }
    return found.length === 1 ? found[0] : '';
  }

  // The message is the client_id, a space, and the session_state: a hash, a period, and the salt.
  function answer(message, origin) {
    if (typeof message !== 'string') return 'error';
    var space = message.lastIndexOf(' ');
    var clientId = message.substring(0, space), sessionState = message.substring(space + 1);
    var period = sessionState.lastIndexOf('.');
    var hash = sessionState.substring(0, period), salt = sessionState.substring(period + 1);
    if (space < 1 || period < 1 || !salt) return 'error';
    var state = browserState();
    if (!state) return 'changed';
    return window.latchkeySha256(clientId + ' ' + origin + ' ' + state + ' ' + salt) === hash ? 'unchanged' : 'changed';
  }

  window.addEventListener('message', function (event) {
    // A page without an origin of its own cannot be answered, nor can a redirect URI have been there.
    if (!event.source || !event.origin || event.origin === 'null') return;
    event.source.postMessage(answer(event.data, event.origin), event.origin);
  }, false);
})();
