account-appearance = Idioma e tema
appearance-lead = Como você vê as páginas deste serviço, em cada navegador em que entra na sua conta.
appearance-language = Idioma
appearance-language-browser = O do meu navegador
appearance-language-hint = Os e-mails para você também são escritos nele. Já os aplicativos veem o idioma do seu perfil.
appearance-theme = Tema
appearance-stale = Enquanto isso, sua conta foi alterada em outro lugar. Nada foi salvo ainda; salve novamente para manter o que você escolheu.
theme-system = Como no meu dispositivo
theme-light = Claro
theme-dark = Escuro

foot-choose = Idioma e tema
foot-apply = Aplicar
foot-links = Sobre este serviço
foot-privacy = Privacidade
foot-terms = Termos
foot-support = Ajuda
foot-imprint = Informações legais
