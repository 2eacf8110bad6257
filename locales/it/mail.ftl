mail-greeting = Ciao { $name },
mail-greeting-nobody = Ciao,
mail-signature = Questo messaggio è stato inviato automaticamente da { $product }. Nessuno legge le risposte.
mail-code-note = Inserisci questo codice dove ti è stato chiesto. È valido per 10 minuti:
mail-link-note = Oppure apri questo link, in qualsiasi browser. È valido per un’ora e si può usare una sola volta:

mail-recovery-subject = Imposta una nuova password per { $product }
mail-recovery-lead = Qualcuno, probabilmente tu, ha chiesto una nuova password per il tuo account { $product }.
mail-recovery-link = Imposta una nuova password
mail-recovery-warning = Se la richiesta non è tua, non devi fare nulla: la password resta com’è. Non dare questo codice a nessuno, chiunque te lo chieda.

mail-reset-subject = La tua password { $product } è cambiata
mail-reset-lead = La password del tuo account { $product } è appena stata reimpostata con un codice o un link inviato a questo indirizzo. Gli altri dispositivi sono stati disconnessi.
mail-reset-link = Imposta un’altra password
mail-reset-warning = Se la modifica non è opera tua, imposta subito un’altra password e controlla chi può leggere questa casella di posta.

mail-signup-subject = Conferma il tuo indirizzo per { $product }
mail-signup-lead = Qualcuno, probabilmente tu, vuole creare un account { $product } con questo indirizzo.
mail-signup-link = Conferma e continua
mail-signup-warning = Se la richiesta non è tua, non devi fare nulla: senza questo codice o link non viene creato alcun account.

mail-registered-subject = Hai già un account { $product }
mail-registered-lead = Qualcuno, probabilmente tu, voleva creare un account { $product } con questo indirizzo. Ne esiste già uno e puoi usarlo per accedere.
mail-registered-link = Accedi
mail-registered-warning = Se non ricordi più la password, scegli «Password dimenticata?» in quella pagina. Se la richiesta non è tua, non devi fare nulla.

mail-invitation-subject = Il tuo account { $product }
mail-invitation-lead = Hai ricevuto un invito a creare un account { $product } con questo indirizzo.
mail-invitation-link = Crea il tuo account
mail-invitation-note = Apri questo link per scegliere un nome e una password. È valido per sette giorni e si può usare una sola volta:
mail-invitation-warning = Se non sai perché hai ricevuto questo messaggio, non devi fare nulla.

mail-device-subject = Nuovo accesso a { $product }
mail-device-lead = Il tuo account è appena stato usato per accedere da un browser che non avevamo mai visto: { $device }, dalla rete { $network }.
mail-device-link = Imposta una nuova password
mail-device-warning = Se eri tu, non devi fare nulla. In caso contrario, imposta subito una nuova password: così tutti i dispositivi vengono disconnessi.

mail-change-password = La tua password { $product } è cambiata
mail-change-address = Indirizzi del tuo account { $product }
mail-change-factors = Sicurezza del tuo account { $product }
mail-change-password-changed = La password del tuo account è stata cambiata. Gli altri dispositivi sono stati disconnessi.
mail-change-password-removed = La password del tuo account è stata rimossa. Restano gli altri modi per accedere.
mail-change-authenticator-added = Al tuo account è stata aggiunta un’app di autenticazione. D’ora in poi, per accedere viene chiesto il suo codice.
mail-change-authenticator-removed = L’app di autenticazione del tuo account è stata rimossa, insieme ai codici di recupero. Per accedere non viene più chiesto alcun codice.
mail-change-passkey-added = La passkey { $name } è stata aggiunta al tuo account.
mail-change-passkey-removed = La passkey { $name } è stata rimossa dal tuo account.
mail-change-recovery-codes = Sono stati creati nuovi codici di recupero per il tuo account. Quelli precedenti non sono più validi.
mail-change-address-added = L’indirizzo { $address } è stato aggiunto al tuo account.
mail-change-address-removed = L’indirizzo { $address } è stato rimosso dal tuo account.
mail-change-address-changed = L’indirizzo principale del tuo account è cambiato da { $from } a { $to }.
mail-change-factors-reset = Chi gestisce il servizio ha rimosso l’app di autenticazione e i codici di recupero del tuo account, come si fa per le persone che li hanno persi.
mail-change-when = Quando: { $time }
mail-change-from = Da: { $device }, rete { $network }
mail-change-by-operator = Da parte di: chi gestisce il servizio
mail-change-recover = Imposta una nuova password
mail-change-recover-warning = Se la modifica è opera tua, non devi fare nulla. In caso contrario, imposta subito una nuova password: così tutti i dispositivi vengono disconnessi. Poi controlla nella pagina «Accesso e sicurezza» del tuo account che cos’altro è stato modificato.
mail-change-review = Controlla le tue sessioni
mail-change-review-warning = Se la modifica è opera tua, non devi fare nulla. In caso contrario, disconnetti ogni dispositivo che non è tuo e controlla nella pagina «Accesso e sicurezza» del tuo account che cos’altro è stato modificato.
mail-change-undo = Annulla la modifica
mail-change-undo-warning = Se la modifica è opera tua, non devi fare nulla. In caso contrario, annulla la modifica e imposta una nuova password: il link è valido per tre giorni.

mail-address-subject = Conferma il tuo indirizzo per { $product }
mail-address-lead = Qualcuno, probabilmente tu, vuole aggiungere questo indirizzo a un account { $product }.
mail-address-link = Conferma questo indirizzo
mail-address-note = Oppure apri questo link in un browser in cui hai effettuato l’accesso. È valido per un’ora e si può usare una sola volta:
mail-address-warning = Se la richiesta non è tua, non devi fare nulla: senza questo codice o link l’indirizzo non viene aggiunto.

mail-sign-in-subject = Il tuo codice per { $product }
mail-sign-in-lead = Qualcuno, probabilmente tu, vuole accedere al tuo account { $product }.
mail-sign-in-link = Accedi
mail-sign-in-note = Oppure apri questo link nel browser in cui hai iniziato. È valido per 10 minuti e si può usare una sola volta:
mail-sign-in-warning = Se la richiesta non è tua, non devi fare nulla: nessuno può accedere senza questo codice. Non darlo a nessuno, chiunque te lo chieda.
