mail-greeting = Hallo { $name },
mail-greeting-nobody = Hallo,
mail-signature = Diese Nachricht wurde automatisch von { $product } gesendet. Antworten darauf liest niemand.
mail-code-note = Geben Sie diesen Code dort ein, wo Sie danach gefragt wurden. Er gilt 10 Minuten lang:
mail-link-note = Oder öffnen Sie diesen Link, in einem beliebigen Browser. Er gilt eine Stunde lang und nur einmal:

mail-recovery-subject = Neues Passwort für { $product }
mail-recovery-lead = jemand, vermutlich Sie, hat ein neues Passwort für Ihr Konto bei { $product } angefordert.
mail-recovery-link = Neues Passwort festlegen
mail-recovery-warning = Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist. Geben Sie diesen Code an niemanden weiter, ganz gleich, wer danach fragt.

mail-reset-subject = Passwort für { $product } geändert
mail-reset-lead = das Passwort für Ihr Konto bei { $product } wurde gerade neu festgelegt, mit einem Code oder Link, der an diese Adresse gesendet wurde. Andere Geräte wurden abgemeldet.
mail-reset-link = Anderes Passwort festlegen
mail-reset-warning = Wenn Sie das nicht waren, legen Sie sofort ein anderes Passwort fest und prüfen Sie, wer dieses Postfach lesen kann.

mail-signup-subject = Adresse für { $product } bestätigen
mail-signup-lead = jemand, vermutlich Sie, möchte mit dieser Adresse ein Konto bei { $product } erstellen.
mail-signup-link = Bestätigen und weiter
mail-signup-warning = Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ohne diesen Code oder Link wird kein Konto erstellt.

mail-registered-subject = Sie haben schon ein Konto bei { $product }
mail-registered-lead = jemand, vermutlich Sie, wollte mit dieser Adresse ein Konto bei { $product } erstellen. Es gibt dafür schon eines, und Sie können sich damit anmelden.
mail-registered-link = Anmelden
mail-registered-warning = Wenn Sie das Passwort nicht mehr wissen, wählen Sie dort „Passwort vergessen?“. Wenn Sie das nicht waren, brauchen Sie nichts zu tun.

mail-invitation-subject = Ihr Konto bei { $product }
mail-invitation-lead = Sie sind eingeladen, mit dieser Adresse ein Konto bei { $product } zu erstellen.
mail-invitation-link = Konto erstellen
mail-invitation-note = Öffnen Sie diesen Link, um einen Namen und ein Passwort zu wählen. Er gilt sieben Tage lang und nur einmal:
mail-invitation-warning = Wenn Sie nicht wissen, warum Sie diese Nachricht erhalten haben, brauchen Sie nichts zu tun.

mail-device-subject = Neue Anmeldung bei { $product }
mail-device-lead = mit Ihrem Konto hat sich gerade jemand in einem Browser angemeldet, den wir noch nicht kennen: { $device }, aus dem Netzwerk { $network }.
mail-device-link = Neues Passwort festlegen
mail-device-warning = Wenn Sie das waren, brauchen Sie nichts zu tun. Wenn nicht, legen Sie sofort ein neues Passwort fest: Damit werden alle Geräte abgemeldet.

mail-change-password = Ihr Passwort für { $product } wurde geändert
mail-change-address = Die Adressen Ihres Kontos bei { $product }
mail-change-factors = Sicherheit Ihres Kontos bei { $product }
mail-change-password-changed = das Passwort Ihres Kontos wurde geändert. Andere Geräte wurden abgemeldet.
mail-change-password-removed = das Passwort Ihres Kontos wurde entfernt. Ihre anderen Möglichkeiten zur Anmeldung bleiben.
mail-change-authenticator-added = zu Ihrem Konto wurde eine Authenticator-App hinzugefügt. Von jetzt an wird bei der Anmeldung nach ihrem Code gefragt.
mail-change-authenticator-removed = die Authenticator-App Ihres Kontos wurde entfernt, und mit ihr die Wiederherstellungscodes. Bei der Anmeldung wird nicht mehr nach einem Code gefragt.
mail-change-passkey-added = der Passkey { $name } wurde zu Ihrem Konto hinzugefügt.
mail-change-passkey-removed = der Passkey { $name } wurde aus Ihrem Konto entfernt.
mail-change-recovery-codes = für Ihr Konto wurden neue Wiederherstellungscodes erstellt. Die bisherigen gelten nicht mehr.
mail-change-address-added = die Adresse { $address } wurde zu Ihrem Konto hinzugefügt.
mail-change-address-removed = die Adresse { $address } wurde aus Ihrem Konto entfernt.
mail-change-address-changed = die Hauptadresse Ihres Kontos wurde von { $from } zu { $to } geändert.
mail-change-factors-reset = die Betreiber haben die Authenticator-App und die Wiederherstellungscodes aus Ihrem Konto entfernt, wie es für Personen geschieht, die sie verloren haben.
mail-change-when = Zeitpunkt: { $time }
mail-change-from = Gerät: { $device }, Netzwerk { $network }
mail-change-by-operator = Durch: die Betreiber
mail-change-recover = Neues Passwort festlegen
mail-change-recover-warning = Wenn Sie das waren, brauchen Sie nichts zu tun. Wenn nicht, legen Sie sofort ein neues Passwort fest: Damit werden alle Geräte abgemeldet. Prüfen Sie dann auf der Seite „Anmeldung und Sicherheit“ Ihres Kontos, was sonst noch geändert wurde.
mail-change-review = Sitzungen ansehen
mail-change-review-warning = Wenn Sie das waren, brauchen Sie nichts zu tun. Wenn nicht, melden Sie jedes Gerät ab, das nicht Ihnen gehört, und prüfen Sie auf der Seite „Anmeldung und Sicherheit“ Ihres Kontos, was sonst noch geändert wurde.
mail-change-undo = Änderung rückgängig machen
mail-change-undo-warning = Wenn Sie das waren, brauchen Sie nichts zu tun. Wenn nicht, machen Sie die Änderung rückgängig und legen Sie ein neues Passwort fest: Der Link gilt drei Tage lang.

mail-address-subject = Adresse für { $product } bestätigen
mail-address-lead = jemand, vermutlich Sie, möchte diese Adresse zu einem Konto bei { $product } hinzufügen.
mail-address-link = Diese Adresse bestätigen
mail-address-note = Oder öffnen Sie diesen Link in einem Browser, in dem Sie angemeldet sind. Er gilt eine Stunde lang und nur einmal:
mail-address-warning = Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ohne diesen Code oder Link wird die Adresse nicht hinzugefügt.

mail-sign-in-subject = Ihr Code für { $product }
mail-sign-in-lead = jemand, vermutlich Sie, möchte sich mit Ihrem Konto bei { $product } anmelden.
mail-sign-in-link = Anmelden
mail-sign-in-note = Oder öffnen Sie diesen Link in dem Browser, in dem Sie begonnen haben. Er gilt 10 Minuten lang und nur einmal:
mail-sign-in-warning = Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ohne diesen Code meldet sich niemand an. Geben Sie ihn an niemanden weiter, ganz gleich, wer danach fragt.
