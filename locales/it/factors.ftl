code-title = Inserisci il codice
code-lead = Apri l’app di autenticazione e inserisci il codice che mostra per questo account.
code-app-label = Codice
code-recovery-title = Usa un codice di recupero
code-recovery-lead = Inserisci uno dei codici che hai salvato. Ognuno vale una sola volta.
code-recovery-label = Codice di recupero
code-remember = Non chiedere più in questo browser per 30 giorni
code-submit = Continua
code-waiting = Verifica in corso…
code-use-recovery = Usa invece un codice di recupero
code-use-authenticator = Usa invece l’app di autenticazione
code-empty = Inserisci un codice.
code-wrong = Il codice non è corretto o è già stato usato. Attendi il prossimo e riprova.
code-recovery-wrong = Il codice di recupero non è corretto o è già stato usato.
authenticator-title = App di autenticazione
authenticator-lead = Un’app sul telefono mostra un nuovo codice ogni 30 secondi. Ne inserisci uno a ogni accesso, dopo la password.
authenticator-picture = Codice QR per l’app di autenticazione
authenticator-scan = Scansiona questo codice con l’app
authenticator-type = Non puoi scansionarlo? Scrivi invece questa chiave nell’app:
authenticator-code = Codice mostrato dall’app
authenticator-name = Nome
authenticator-default-name = App di autenticazione
authenticator-submit = Attiva
authenticator-wrong = Il codice non è corretto. Controlla che l’ora del telefono sia impostata automaticamente e prova con il prossimo codice.
authenticator-on = Ti viene chiesto un codice a ogni accesso.
authenticator-changed = Modifica salvata.
authenticator-since = Aggiunta:
authenticator-used = ultimo uso:
authenticator-rename = Salva il nome
authenticator-remove = Rimuovi
authenticator-remove-lead = Senza l’app, per accedere basta la password. I codici di recupero smettono di funzionare e gli altri browser vengono disconnessi.
codes-title = Codici di recupero
codes-lead = Salvali ora: non verranno più mostrati. Se perdi il telefono, ognuno ti permette di accedere una volta.
codes-left = { $count ->
    [one] Rimane { $count } codice.
    [many] Rimangono { $count } di codici.
   *[other] Rimangono { $count } codici.
  } Ti permettono di accedere se perdi il telefono. I nuovi codici sostituiscono i vecchi.
codes-new = Mostra nuovi codici
codes-copy = Copia tutti
codes-saved = Li ho salvati
remembered-title = Browser che non richiedono il codice
remembered-none = Nessuno. Puoi sceglierlo quando inserisci un codice.
remembered-lead = In questi browser ti viene chiesta solo la password.
remembered-until = Scadenza:
remembered-forget = Chiedi di nuovo
authenticator-off = Non configurata. Protegge il tuo account se ti rubano la password.
authenticator-set-up = Configura
