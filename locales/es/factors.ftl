code-title = Escribe tu código
code-lead = Abre tu aplicación de autenticación y escribe el código que muestra para esta cuenta.
code-app-label = Código
code-recovery-title = Usar un código de recuperación
code-recovery-lead = Escribe uno de los códigos que guardaste. Cada uno sirve una sola vez.
code-recovery-label = Código de recuperación
code-remember = No volver a preguntar en este navegador durante 30 días
code-submit = Continuar
code-waiting = Comprobando…
code-use-recovery = Usar un código de recuperación
code-use-authenticator = Usar la aplicación de autenticación
code-empty = Escribe un código.
code-wrong = Ese código no es correcto o ya se usó. Espera al siguiente e inténtalo de nuevo.
code-recovery-wrong = Ese código de recuperación no es correcto o ya se usó.
authenticator-title = Aplicación de autenticación
authenticator-lead = Una aplicación en tu teléfono muestra un código nuevo cada 30 segundos. Escribes uno cada vez que inicias sesión, después de tu contraseña.
authenticator-picture = Código QR para tu aplicación de autenticación
authenticator-scan = Escanéalo con tu aplicación
authenticator-type = ¿No puedes escanearlo? Escribe esta clave en la aplicación:
authenticator-code = Código que muestra la aplicación
authenticator-name = Nombre
authenticator-default-name = Aplicación de autenticación
authenticator-submit = Activar
authenticator-wrong = Ese código no es correcto. Comprueba que la hora de tu teléfono se ajuste automáticamente y prueba con el siguiente código.
authenticator-on = Se te pide un código cada vez que inicias sesión.
authenticator-changed = Se guardó el cambio.
authenticator-since = Se agregó el
authenticator-used = último uso el
authenticator-rename = Guardar nombre
authenticator-remove = Quitar
authenticator-remove-lead = Sin ella, basta tu contraseña para iniciar sesión. Tus códigos de recuperación dejan de funcionar y se cierra la sesión en los demás navegadores.
codes-title = Códigos de recuperación
codes-lead = Guárdalos ahora: no se vuelven a mostrar. Si pierdes tu teléfono, cada uno te permite iniciar sesión una vez.
codes-left = { $count ->
    [one] Queda { $count } código.
    [many] Quedan { $count } de códigos.
   *[other] Quedan { $count } códigos.
  } Con un código puedes iniciar sesión si pierdes tu teléfono. Los códigos nuevos sustituyen a los anteriores.
codes-new = Mostrar códigos nuevos
codes-copy = Copiar todos
codes-saved = Ya los guardé
remembered-title = Navegadores que no necesitan código
remembered-none = Ninguno. Puedes elegirlo al escribir un código.
remembered-lead = En estos navegadores solo se pide tu contraseña.
remembered-until = Hasta el
remembered-forget = Volver a preguntar
authenticator-off = Sin configurar. Protege tu cuenta si te roban la contraseña.
authenticator-set-up = Configurar
