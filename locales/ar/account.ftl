account-navigation = حسابك
account-home = نظرة عامة
account-home-title = حسابك
account-hello = مرحبًا { $name }
account-home-lead = ما تعرفه هذه الخدمة عنك، وكيف تسجّل الدخول.
account-recent-title = آخر عمليات تسجيل الدخول
account-recent-lead = هل أنت من أجرى كل هذه العمليات؟
account-recent-sessions = لست أنا: تسجيل الخروج من أحد الأجهزة
account-recent-password = تغيير كلمة المرور
account-here = هذا المتصفح
account-device = { $browser } على { $system }
account-device-unknown = جهاز غير معروف
account-profile = الملف الشخصي
account-security = تسجيل الدخول والأمان
account-sessions = الأجهزة والجلسات
account-applications = التطبيقات
account-activity = النشاط
account-data = بياناتك
account-saved = تم حفظ التغييرات.
account-save = حفظ
account-since = منذ

profile-lead = لا ترى التطبيقات من هذه المعلومات إلا ما تسمح لها به.
profile-name = الاسم الكامل
profile-given-name = الاسم الأول
profile-family-name = اسم العائلة
profile-middle-name = الاسم الأوسط
profile-nickname = الاسم المستعار
profile-gender = الجنس
profile-birthdate = تاريخ الميلاد
profile-birthdate-hint = بالصيغة YYYY-MM-DD: 1990-12-31. تكفي السنة وحدها.
profile-phone = رقم الهاتف
profile-website = الموقع الإلكتروني
profile-page = صفحة الملف الشخصي
profile-picture = رابط صورتك
profile-zone = المنطقة الزمنية
profile-zone-hint = مثل Asia/Riyadh
profile-locale = اللغة
profile-locale-hint = مثل ar-SA
profile-too-long = هذا النص أطول من اللازم.
profile-characters = يحتوي هذا النص على أحرف لا يمكن حفظها.
profile-wrong-url = أدخل رابطًا كاملًا يبدأ ببروتوكول https، مثل https://example.com
profile-wrong-date = أدخل التاريخ بالصيغة YYYY-MM-DD: 1990-12-31.
profile-wrong-zone = أدخل منطقة زمنية مثل Asia/Riyadh.
profile-wrong-locale = أدخل لغة مثل ar-SA.
profile-wrong-phone = أدخل رقم الهاتف كاملًا، بدءًا بعلامة + ثم رمز البلد.
profile-required = مطلوب
profile-missing = هذا الحقل مطلوب.
profile-wrong-number = أدخل عددًا صحيحًا.
profile-wrong-choice = اختر أحد الخيارات.
profile-wrong-pattern = هذا النص ليس بالصيغة المطلوبة.
profile-date-hint = بالصيغة YYYY-MM-DD: 1990-12-31.
profile-list-hint = قيمة واحدة في كل سطر.
profile-choose = اختر…
profile-yes = نعم
profile-no = لا
profile-none = لا شيء بعد
profile-kept-title = معلومات تديرها مؤسستك
profile-kept-lead = لا يمكن لغير مؤسستك تغيير هذه المعلومات.
profile-stale = تغيّر ملفك الشخصي من مكان آخر أثناء تعديلك له. لم يُحفظ أي شيء بعد: راجع الاختلافات، ثم احفظ مرة أخرى.
profile-theirs = المحفوظ الآن: { $value }
profile-theirs-empty = المحفوظ الآن: لا شيء
profile-overwrite = حفظ ما يظهر هنا

security-lead = كيف تثبت أنك صاحب الحساب.
security-password = كلمة المرور
security-password-changed = آخر تغيير
security-change = تغيير
security-changed = تم تغيير كلمة المرور، وتسجيل خروجك من كل مكان آخر.

password-title = تغيير كلمة المرور
password-lead = سيتم تسجيل خروجك من كل مكان آخر.
password-current = كلمة المرور الحالية
password-new = كلمة المرور الجديدة
password-hint = يجب ألا يقل عدد الأحرف عن { $minimum }. الأفضل بضع كلمات لا يمكن لأحد تخمينها.
password-end-offline = إنهاء وصول التطبيقات أثناء غيابك أيضًا
password-submit = تغيير كلمة المرور
password-wrong = كلمة المرور الحالية غير صحيحة.
password-same = هذه كلمة المرور الحالية. اختر كلمة مرور أخرى.
password-missing = اختر كلمة مرور جديدة.
password-too-short = اختر كلمة مرور لا يقل عدد أحرفها عن { $minimum }.
password-too-long = كلمة المرور هذه أطول من اللازم.
password-untypable = تحتوي كلمة المرور هذه على أحرف لا يمكن كتابتها.
password-personal = اختر كلمة مرور لا تتضمن اسمك أو بريدك الإلكتروني.
password-simple = كلمة المرور هذه سهلة التخمين. اختر كلمة مرور أخرى.
password-stale = تغيّرت كلمة المرور من مكان آخر في هذه الأثناء. حاول مجددًا باستخدام كلمة المرور الجديدة.

sessions-lead = الأماكن التي سجّلت الدخول منها. إذا لم تتعرّف على أحدها، فسجّل الخروج منه وغيّر كلمة المرور.
sessions-ended = تم تسجيل الخروج.
sessions-until = تنتهي تلقائيًا في موعد أقصاه
sessions-others-title = كل الأماكن الأخرى
sessions-others-lead = يسجّل خروجك من كل متصفح وجهاز آخر، ويتم إبلاغ التطبيقات بذلك.
sessions-others = تسجيل الخروج من كل مكان آخر

applications-lead = ما سمحت له باستخدام حسابك.
applications-none = لم تسمح لأي تطبيق باستخدام حسابك بعد.
applications-open = فتح
applications-used = آخر استخدام
applications-revoke = إلغاء الإذن
applications-revoked = لم يعد بإمكان التطبيق استخدام حسابك.

activity-lead = ما حدث في حسابك، من الأحدث إلى الأقدم.
activity-none = لا شيء بعد.
activity-by-operator = بواسطة القائمين على هذه الخدمة
activity-older = عرض ما حدث قبل ذلك
activity-session-started = سجّلت الدخول
activity-session-reauthenticated = أكّدت أنك صاحب الحساب
activity-session-ended = تم تسجيل الخروج من إحدى الجلسات
activity-consent-allowed = سمحت لتطبيق { $application } باستخدام حسابك
activity-consent-revoked = لم يعد مسموحًا لتطبيق { $application } باستخدام حسابك
activity-tokens-revoked = تخلّى تطبيق { $application } عن إذن الوصول
activity-user-created = تم إنشاء حسابك
activity-user-updated = تم تغيير ملفك الشخصي
activity-password-changed = تم تغيير كلمة المرور
activity-user-disabled = تم تعطيل حسابك
activity-user-enabled = تم تفعيل حسابك من جديد
activity-user-exported = حصلت على نسخة من بياناتك
activity-user-leaving = طلبت حذف حسابك
activity-user-stayed = قررت الاحتفاظ بحسابك
activity-authenticator-enrolled = فعّلت تطبيق المصادقة
activity-authenticator-renamed = غيّرت اسم تطبيق المصادقة
activity-authenticator-removed = تم إيقاف تطبيق المصادقة
activity-recovery-used = تم استخدام أحد رموز الاسترداد
activity-recovery-replaced = أنشأت رموز استرداد جديدة
activity-device-remembered = تم تذكّر أحد المتصفحات، ولن يُطلب فيه رمز
activity-device-forgotten = لم يعد أحد المتصفحات معفى من الرمز
activity-other = حدث آخر: { $kind }

data-lead = ما نحتفظ به عنك، وكيف تنهي ذلك.
data-copy-title = نسخة من بياناتك
data-copy-lead = كل ما تحتفظ به هذه الخدمة عنك في ملف JSON واحد: الملف الشخصي، وعناوين البريد الإلكتروني، والجلسات، والتطبيقات، والنشاط. لا يتضمن الملف كلمات مرور أو مفاتيح.
data-copy = تنزيل
data-delete-title = حذف حسابك
data-delete-lead = يمكنك التراجع خلال بضعة أيام.
data-delete = حذف حسابي
delete-lead = { $days ->
        [0] يُحذف حسابك على الفور.
        [zero] يُحذف حسابك على الفور.
        [one] يتوقف حسابك عن العمل الآن، ويُحذف نهائيًا بعد يوم واحد.
        [two] يتوقف حسابك عن العمل الآن، ويُحذف نهائيًا بعد يومين.
        [few] يتوقف حسابك عن العمل الآن، ويُحذف نهائيًا بعد { $days } أيام.
        [many] يتوقف حسابك عن العمل الآن، ويُحذف نهائيًا بعد { $days } يومًا.
       *[other] يتوقف حسابك عن العمل الآن، ويُحذف نهائيًا بعد { $days } يوم.
    }
delete-sessions = سيتم تسجيل خروجك من كل مكان.
delete-applications = لن يعود بإمكان التطبيقات استخدام حسابك، ولن تتمكن من تسجيل الدخول إليها به.
delete-return = حتى ذلك الحين، يمكنك تسجيل الدخول والاحتفاظ بحسابك.
delete-confirm = للتأكيد، اكتب { $name }
delete-wrong = اكتب { $name } تمامًا كما يظهر هنا.
left-title = تم إيقاف حسابك
left-lead = تم تسجيل خروجك من كل مكان. إذا غيّرت رأيك، فسجّل الدخول قبل حذف الحساب.
left-at = يُحذف الحساب في

leaving-title = سيتم حذف حسابك
leaving-lead = حدث ذلك بناءً على طلبك. لا يزال بإمكانك الاحتفاظ بحسابك، وعندها تسجّل الدخول كالسابق.
leaving-at = يُحذف الحساب في
leaving-second = كلمة المرور وحدها لا تكفي للاحتفاظ بالحساب: أكّد هويتك بطريقة أخرى أيضًا.
leaving-code = رمز من تطبيق المصادقة، أو رمز استرداد
leaving-keep = الاحتفاظ بحسابي
leaving-cancel = ليس الآن
