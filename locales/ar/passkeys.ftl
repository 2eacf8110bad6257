passkey-sign-in = تسجيل الدخول بمفتاح مرور
passkey-cancelled = تم الإلغاء، أو استغرق الأمر وقتًا أطول من اللازم. حاول مجددًا عندما تكون مستعدًا.
passkey-known = يوجد على هذا الجهاز مفتاح مرور لحسابك بالفعل.
passkey-unsupported = لا يمكن لهذا الجهاز حفظ مفتاح مرور. جرّب جهازًا آخر أو مفتاح أمان.
passkey-insecure = لا تعمل مفاتيح المرور على هذا الرابط. أبلغ القائمين على هذا الموقع.
passkey-broken = لم ينجح ذلك. تحقق من اتصالك وحاول مجددًا.
passkey-expired = استغرق الأمر وقتًا أطول من اللازم. حاول مجددًا.
passkey-unverified = لم يتحقق جهازك من هويتك. عيّن قفل شاشة أو رمز PIN عليه، ثم حاول مجددًا.
passkey-wait = محاولات كثيرة جدًا. انتظر بضع دقائق، ثم حاول مجددًا.
passkey-failed = لا يعمل مفتاح المرور هذا هنا. ربما تمت إزالته من حسابك.
passkey-needs-script = تحتاج مفاتيح المرور إلى JavaScript وإلى متصفح يدعمها. إذا لم يتوفر ذلك، فاستخدم رمز استرداد.
passkey-second-title = استخدام مفتاح المرور
passkey-second-lead = أكّد هويتك باستخدام جهازك.
passkey-use = استخدام مفتاح المرور بدلًا من ذلك
passkey-other-way = تسجيل الدخول بطريقة أخرى
passkey-lost-link = هل فقدت مفتاح المرور وليست لديك كلمة مرور؟
passkey-lost-title = استعادة الحساب برمز استرداد
passkey-lost-lead = للحسابات التي ليست لها كلمة مرور. إذا كانت لحسابك كلمة مرور، فعُد وسجّل الدخول بها، ثم يُطلب منك رمز الاسترداد بعدها.
passkey-lost-wrong = اسم المستخدم ورمز الاسترداد غير متطابقين، أو أن للحساب كلمة مرور.
passkey-lost-back = العودة إلى تسجيل الدخول
passkeys-title = مفاتيح المرور
passkeys-lead = يسجّل مفتاح المرور دخولك ببصمة إصبعك أو وجهك أو قفل الشاشة. لا يعمل إلا على هذا الموقع، فلا يمكن لأحد أن يأخذه منك بالخداع.
passkeys-none = ليس لديك أي مفتاح مرور بعد.
passkeys-add = إضافة مفتاح مرور
passkeys-need-script = لإضافة مفتاح مرور، تحتاج إلى JavaScript وإلى متصفح يدعم مفاتيح المرور.
passkeys-default-name = مفتاح المرور
passkeys-created = تمت الإضافة في
passkeys-used = آخر استخدام
passkeys-unused = لم يُستخدم بعد
passkeys-synced = على جميع أجهزتك
passkeys-bound = على جهاز واحد
passkeys-elsewhere = لم يعد يعمل
passkeys-change = تغيير
passkeys-name = الاسم
passkeys-rename = حفظ الاسم
passkeys-remove = إزالة
passkeys-remove-lead = لن يسجّل دخولك بعد ذلك، ويتم تسجيل الخروج من المتصفحات الأخرى. احذفه من جهازك أيضًا.
passkeys-added = مفتاح المرور جاهز. يمكنك استخدامه عند تسجيل الدخول في المرة القادمة.
passkeys-renamed = تم حفظ الاسم.
passkeys-removed = تمت إزالة مفتاح المرور.
passkeys-failed = تعذّرت إضافة مفتاح المرور. حاول مجددًا.
passkeys-many = بلغت الحد الأقصى لعدد مفاتيح المرور في الحساب الواحد. أزل أحدها أولًا.
passkeys-last = ليست لديك كلمة مرور، لذلك فإن مفتاح المرور هذا وسيلتك الوحيدة لتسجيل الدخول. أضف مفتاحًا آخر أولًا، أو
passkeys-last-link = عيّن كلمة مرور
passkeys-off = غير مُعدّة. تتيح لك تسجيل الدخول دون كلمة مرور، وبأمان من التصيّد الاحتيالي.
passkeys-set-up = إعداد
passkeys-count = { $count ->
    [zero] لا توجد مفاتيح مرور
    [one] مفتاح مرور واحد
    [two] مفتاحا مرور
    [few] { $count } مفاتيح مرور
    [many] { $count } مفتاح مرور
   *[other] { $count } مفتاح مرور
  }
security-password-none = غير معيّنة: تسجّل الدخول بمفتاح مرور.
security-password-set = تعيين كلمة مرور
password-set-title = تعيين كلمة مرور
password-set-lead = تتيح لك تسجيل الدخول حين لا يكون مفتاح المرور في متناولك. يُطلب منك مفتاح المرور بعدها.
password-remove-title = إزالة كلمة المرور
password-remove-lead = يكفي مفتاح المرور وحده لتسجيل دخولك. دون كلمة مرور، لا يوجد ما يمكن تخمينه أو سرقته. يتم تسجيل الخروج من المتصفحات الأخرى.
password-remove-submit = إزالة كلمة المرور
password-remove-no-passkey = أضف مفتاح مرور أولًا، فدونه لن تبقى لك أي وسيلة لتسجيل الدخول.
password-remove-no-way-back = أنشئ رموز استرداد جديدة أولًا، فإذا فقدت مفتاح المرور لن تبقى لك أي وسيلة لاستعادة حسابك.
activity-passkey-added = أضفت مفتاح مرور
activity-passkey-renamed = غيّرت اسم أحد مفاتيح المرور
activity-passkey-removed = أزلت أحد مفاتيح المرور
activity-passkey-used = تم استخدام أحد مفاتيح المرور
activity-passkey-copied = تم رفض أحد مفاتيح المرور: ربما توجد نسخة منه
activity-password-removed = أزلت كلمة المرور
password-removed = تمت إزالة كلمة المرور. تم تسجيل الخروج من المتصفحات الأخرى.
