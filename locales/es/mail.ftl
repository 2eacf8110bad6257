mail-greeting = Hola, { $name }:
mail-greeting-nobody = Hola:
mail-signature = { $product } envió este mensaje automáticamente. Nadie lee las respuestas.
mail-code-note = Escribe este código donde se te pidió. Es válido durante 10 minutos:
mail-link-note = O abre este enlace, en cualquier navegador. Es válido durante una hora y sirve una sola vez:

mail-recovery-subject = Contraseña nueva para { $product }
mail-recovery-lead = Alguien, seguramente tú, pidió una contraseña nueva para tu cuenta de { $product }.
mail-recovery-link = Crear una contraseña nueva
mail-recovery-warning = Si no fuiste tú, no hace falta que hagas nada: tu contraseña sigue igual. No des este código a nadie, aunque te lo pidan.

mail-reset-subject = Contraseña de { $product } cambiada
mail-reset-lead = Se acaba de crear una contraseña nueva para tu cuenta de { $product } con un código o un enlace enviado a esta dirección. Se cerró la sesión en los demás dispositivos.
mail-reset-link = Crear otra contraseña
mail-reset-warning = Si no fuiste tú, crea otra contraseña de inmediato y revisa quién puede leer este buzón.

mail-signup-subject = Confirma tu dirección para { $product }
mail-signup-lead = Alguien, seguramente tú, quiere crear una cuenta de { $product } con esta dirección.
mail-signup-link = Confirmar y continuar
mail-signup-warning = Si no fuiste tú, no hace falta que hagas nada: no se crea ninguna cuenta sin este código o enlace.

mail-registered-subject = Ya tienes una cuenta de { $product }
mail-registered-lead = Alguien, seguramente tú, quiso crear una cuenta de { $product } con esta dirección. Ya existe una, y puedes iniciar sesión con ella.
mail-registered-link = Iniciar sesión
mail-registered-warning = Si ya no recuerdas la contraseña, elige allí «¿Olvidaste tu contraseña?». Si no fuiste tú, no hace falta que hagas nada.

mail-invitation-subject = Tu cuenta de { $product }
mail-invitation-lead = Te invitamos a crear una cuenta de { $product } con esta dirección.
mail-invitation-link = Crear tu cuenta
mail-invitation-note = Abre este enlace para elegir un nombre y una contraseña. Es válido durante siete días y sirve una sola vez:
mail-invitation-warning = Si no sabes por qué recibiste este mensaje, no hace falta que hagas nada.

mail-device-subject = Nuevo inicio de sesión en { $product }
mail-device-lead = Se acaba de iniciar sesión con tu cuenta desde un navegador que no habíamos visto antes: { $device }, desde la red { $network }.
mail-device-link = Crear una contraseña nueva
mail-device-warning = Si fuiste tú, no hace falta que hagas nada. Si no, crea una contraseña nueva de inmediato: así se cierra la sesión en todos los dispositivos.

mail-change-password = Se cambió tu contraseña de { $product }
mail-change-address = Las direcciones de tu cuenta de { $product }
mail-change-factors = Seguridad de tu cuenta de { $product }
mail-change-password-changed = Se cambió la contraseña de tu cuenta. Se cerró la sesión en los demás dispositivos.
mail-change-password-removed = Se quitó la contraseña de tu cuenta. Siguen disponibles tus otras formas de iniciar sesión.
mail-change-authenticator-added = Se agregó una aplicación de autenticación a tu cuenta. A partir de ahora se pide su código al iniciar sesión.
mail-change-authenticator-removed = Se quitó la aplicación de autenticación de tu cuenta y, con ella, los códigos de recuperación. Ya no se pide ningún código al iniciar sesión.
mail-change-passkey-added = Se agregó la llave de acceso { $name } a tu cuenta.
mail-change-passkey-removed = Se quitó la llave de acceso { $name } de tu cuenta.
mail-change-recovery-codes = Se crearon nuevos códigos de recuperación para tu cuenta. Los anteriores ya no son válidos.
mail-change-address-added = Se agregó la dirección { $address } a tu cuenta.
mail-change-address-removed = Se quitó la dirección { $address } de tu cuenta.
mail-change-address-changed = Se cambió la dirección principal de tu cuenta de { $from } a { $to }.
mail-change-factors-reset = Los responsables quitaron de tu cuenta la aplicación de autenticación y los códigos de recuperación, como se hace con quienes los perdieron.
mail-change-when = Cuándo: { $time }
mail-change-from = Desde: { $device }, red { $network }
mail-change-by-operator = Por: los responsables
mail-change-recover = Crear una contraseña nueva
mail-change-recover-warning = Si fuiste tú, no hace falta que hagas nada. Si no, crea una contraseña nueva de inmediato: así se cierra la sesión en todos los dispositivos. Después revisa en la página «Inicio de sesión y seguridad» de tu cuenta qué más se cambió.
mail-change-review = Ver tus sesiones
mail-change-review-warning = Si fuiste tú, no hace falta que hagas nada. Si no, cierra la sesión de todos los dispositivos que no sean tuyos y revisa en la página «Inicio de sesión y seguridad» de tu cuenta qué más se cambió.
mail-change-undo = Deshacer el cambio
mail-change-undo-warning = Si fuiste tú, no hace falta que hagas nada. Si no, deshaz el cambio y crea una contraseña nueva: el enlace es válido durante tres días.

mail-address-subject = Confirma tu dirección para { $product }
mail-address-lead = Alguien, seguramente tú, quiere agregar esta dirección a una cuenta de { $product }.
mail-address-link = Confirmar esta dirección
mail-address-note = O abre este enlace en un navegador donde tengas la sesión iniciada. Es válido durante una hora y sirve una sola vez:
mail-address-warning = Si no fuiste tú, no hace falta que hagas nada: la dirección no se agrega sin este código o enlace.

mail-sign-in-subject = Tu código para { $product }
mail-sign-in-lead = Alguien, seguramente tú, quiere iniciar sesión en tu cuenta de { $product }.
mail-sign-in-link = Iniciar sesión
mail-sign-in-note = O abre este enlace en el navegador en el que empezaste. Es válido durante 10 minutos y sirve una sola vez:
mail-sign-in-warning = Si no fuiste tú, no hace falta que hagas nada: nadie inicia sesión sin este código. No lo des a nadie, aunque te lo pidan.
