/* SHA-256 (FIPS 180-4) of a text's UTF-8 bytes, in hexadecimal. The browsers' own is missing in old engines, and
   answers later, where an answer is due at once. */
(function () {
  'use strict';

  var CONSTANTS = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  ];
  var INITIAL = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  ];

  function rotate(word, count) {
    return (word >>> count) | (word << (32 - count));
  }

  function bytesOf(text) {
    var utf8 = unescape(encodeURIComponent(text)), bytes = [];
    for (var i = 0; i < utf8.length; i++) bytes.push(utf8.charCodeAt(i));
    return bytes;
  }

  // The message, a one, zeros, and its length in bits: whole blocks of 64 bytes.
  function padded(bytes) {
    var bits = bytes.length * 8, i;
    bytes.push(0x80);
    while (bytes.length % 64 !== 56) bytes.push(0);
    for (i = 0; i < 4; i++) bytes.push(0);
    for (i = 24; i >= 0; i -= 8) bytes.push((bits >>> i) & 0xff);
    return bytes;
  }

  function schedule(bytes, start) {
    var words = [], i;
    for (i = 0; i < 16; i++) {
      var at = start + 4 * i;
      words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (i = 16; i < 64; i++) {
      var a = words[i - 15], b = words[i - 2];
      var low = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
      var high = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
      words[i] = (words[i - 16] + low + words[i - 7] + high) | 0;
    }
    return words;
  }

  function compress(hash, words) {
    var v = hash.slice(0), i;
    for (i = 0; i < 64; i++) {
      var high = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
      var choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
      var first = (v[7] + high + choice + CONSTANTS[i] + words[i]) | 0;
      var low = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
      var majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
      v = [(first + low + majority) | 0, v[0], v[1], v[2], (v[3] + first) | 0, v[4], v[5], v[6]];
    }
    for (i = 0; i < 8; i++) hash[i] = (hash[i] + v[i]) | 0;
  }

  window.latchkeySha256 = function (text) {
    var bytes = padded(bytesOf(text)), hash = INITIAL.slice(0), hex = '', i;
    for (i = 0; i < bytes.length; i += 64) compress(hash, schedule(bytes, i));
    for (i = 0; i < 8; i++) hex += ('0000000' + (hash[i] >>> 0).toString(16)).slice(-8);
    return hex;
  };
})();
