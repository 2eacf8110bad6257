consent-title = Let { $application } use your account?
consent-switch = Not you?
consent-asks = { $application } will be able to
consent-asks-more = It already has some access, and now asks to
consent-new = New
consent-sensitive = Sensitive
consent-offline = Keep this access while you are away
consent-offline-days = { $days ->
        [one] Until you remove it, or after 1 day without use
       *[other] Until you remove it, or after { $days } days without use
    }
consent-allow = Allow
consent-deny = Deny

# Scopes, as sentences about the person's data.
scope-openid = Know that it is you
scope-openid-detail = An identifier of your account
scope-profile = See your profile
scope-profile-detail = Name, picture, language, time zone and the like
scope-account = See and change your account here
scope-account-detail = Profile, password, sessions, applications, activity and everything else that is held about you
scope-email = See your email address
scope-phone = See your phone number
scope-address = See your postal address
scope-other = Use “{ $scope }” for you
