consent-title = هل تسمح لتطبيق { $application } باستخدام حسابك؟
consent-switch = لست أنت؟
consent-asks = سيتمكّن تطبيق { $application } من
consent-asks-more = لديه بعض الأذونات بالفعل، ويطلب الآن
consent-new = جديد
consent-sensitive = حساس
consent-offline = الاحتفاظ بهذا الإذن أثناء غيابك
consent-offline-days = { $days ->
        [zero] حتى تلغيه، أو حتى يتوقف استخدامه
        [one] حتى تلغيه، أو حتى يمر يوم واحد دون استخدامه
        [two] حتى تلغيه، أو حتى يمر يومان دون استخدامه
        [few] حتى تلغيه، أو حتى تمر { $days } أيام دون استخدامه
        [many] حتى تلغيه، أو حتى يمر { $days } يومًا دون استخدامه
       *[other] حتى تلغيه، أو حتى يمر { $days } يوم دون استخدامه
    }
consent-allow = السماح
consent-deny = الرفض

scope-openid = التحقق من هويتك
scope-openid-detail = معرّف حسابك
scope-profile = الاطلاع على ملفك الشخصي
scope-profile-detail = الاسم والصورة واللغة والمنطقة الزمنية وما شابه
scope-account = الاطلاع على حسابك هنا وتغييره
scope-account-detail = الملف الشخصي وكلمة المرور والجلسات والتطبيقات والنشاط وكل ما نحتفظ به عنك
scope-email = الاطلاع على عنوان بريدك الإلكتروني
scope-phone = الاطلاع على رقم هاتفك
scope-address = الاطلاع على عنوانك البريدي
scope-other = استخدام «{ $scope }» نيابةً عنك
