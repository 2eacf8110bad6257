consent-title = ¿Permitir que { $application } use tu cuenta?
consent-switch = ¿No eres tú?
consent-asks = { $application } podrá
consent-asks-more = La aplicación ya tiene acceso y ahora también quiere
consent-new = Nuevo
consent-sensitive = Delicado
consent-offline = Mantener este acceso cuando no estés
consent-offline-days = { $days ->
        [one] Hasta que lo quites, o después de { $days } día sin uso
        [many] Hasta que lo quites, o después de { $days } de días sin uso
       *[other] Hasta que lo quites, o después de { $days } días sin uso
    }
consent-allow = Permitir
consent-deny = Denegar

scope-openid = Saber que eres tú
scope-openid-detail = Un identificador de tu cuenta
scope-profile = Ver tu perfil
scope-profile-detail = Nombre, foto, idioma, zona horaria y datos similares
scope-account = Ver y cambiar tu cuenta aquí
scope-account-detail = Perfil, contraseña, sesiones, aplicaciones, actividad y todo lo demás que se guarda sobre ti
scope-email = Ver tu dirección de correo electrónico
scope-phone = Ver tu número de teléfono
scope-address = Ver tu dirección postal
scope-other = Usar «{ $scope }» en tu nombre
