consent-title = Permitir que { $application } use sua conta?
consent-switch = Não é você?
consent-asks = { $application } poderá
consent-asks-more = O aplicativo já tem acesso e agora também quer
consent-new = Novo
consent-sensitive = Sensível
consent-offline = Manter este acesso na sua ausência
consent-offline-days = { $days ->
        [one] Até você remover, ou depois de { $days } dia sem uso
        [many] Até você remover, ou depois de { $days } de dias sem uso
       *[other] Até você remover, ou depois de { $days } dias sem uso
    }
consent-allow = Permitir
consent-deny = Negar

scope-openid = Saber que é você
scope-openid-detail = Um identificador da sua conta
scope-profile = Ver seu perfil
scope-profile-detail = Nome, foto, idioma, fuso horário e dados semelhantes
scope-account = Ver e alterar sua conta aqui
scope-account-detail = Perfil, senha, sessões, aplicativos, atividade e tudo o mais que é guardado sobre você
scope-email = Ver seu endereço de e-mail
scope-phone = Ver seu número de telefone
scope-address = Ver seu endereço postal
scope-other = Usar “{ $scope }” por você
