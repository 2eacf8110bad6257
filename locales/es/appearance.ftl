account-appearance = Idioma y tema
appearance-lead = Cómo ves las páginas de este servicio, en cada navegador en el que inicias sesión.
appearance-language = Idioma
appearance-language-browser = El de mi navegador
appearance-language-hint = Los correos que te enviamos también se escriben en este idioma. Las aplicaciones ven, en cambio, el idioma de tu perfil.
appearance-theme = Tema
appearance-stale = Mientras tanto, tu cuenta cambió en otro lugar. Todavía no se guardó nada; vuelve a guardar para conservar lo que elegiste.
theme-system = Como mi dispositivo
theme-light = Claro
theme-dark = Oscuro

foot-choose = Idioma y tema
foot-apply = Aplicar
foot-links = Acerca de este servicio
foot-privacy = Privacidad
foot-terms = Condiciones
foot-support = Ayuda
foot-imprint = Aviso legal
