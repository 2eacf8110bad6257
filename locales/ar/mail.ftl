mail-greeting = مرحبًا { $name }،
mail-greeting-nobody = مرحبًا،
mail-signature = أُرسلت هذه الرسالة تلقائيًا من { $product }، ولا أحد يقرأ الردود عليها.
mail-code-note = أدخل هذا الرمز حيث طُلب منك. وهو صالح لمدة 10 دقائق:
mail-link-note = أو افتح هذا الرابط في أي متصفح. وهو صالح لمدة ساعة واحدة ولمرة واحدة:

mail-recovery-subject = تعيين كلمة مرور جديدة على { $product }
mail-recovery-lead = طلب شخص ما، ربما أنت، كلمة مرور جديدة لحسابك على { $product }.
mail-recovery-link = تعيين كلمة مرور جديدة
mail-recovery-warning = إذا لم تكن أنت، فلا داعي لفعل أي شيء: تبقى كلمة المرور كما هي. لا تُعطِ هذا الرمز لأحد، أيًا كان من يطلبه.

mail-reset-subject = تم تغيير كلمة مرورك على { $product }
mail-reset-lead = تم للتو تعيين كلمة مرور جديدة لحسابك على { $product } باستخدام رمز أو رابط أُرسل إلى هذا العنوان. تم تسجيل الخروج من الأجهزة الأخرى.
mail-reset-link = تعيين كلمة مرور أخرى
mail-reset-warning = إذا لم تكن أنت، فعيّن كلمة مرور أخرى فورًا، وتحقق ممن يستطيع قراءة هذا البريد.

mail-signup-subject = تأكيد عنوانك على { $product }
mail-signup-lead = يريد شخص ما، ربما أنت، إنشاء حساب على { $product } بهذا العنوان.
mail-signup-link = التأكيد والمتابعة
mail-signup-warning = إذا لم تكن أنت، فلا داعي لفعل أي شيء: لا يُنشأ أي حساب دون هذا الرمز أو الرابط.

mail-registered-subject = لديك حساب على { $product } بالفعل
mail-registered-lead = أراد شخص ما، ربما أنت، إنشاء حساب على { $product } بهذا العنوان. للعنوان حساب بالفعل، ويمكنك تسجيل الدخول به.
mail-registered-link = تسجيل الدخول
mail-registered-warning = إذا لم تعد تعرف كلمة المرور، فاختر «هل نسيت كلمة المرور؟» هناك. إذا لم تكن أنت، فلا داعي لفعل أي شيء.

mail-invitation-subject = حسابك على { $product }
mail-invitation-lead = تمت دعوتك إلى إنشاء حساب على { $product } بهذا العنوان.
mail-invitation-link = إنشاء حسابك
mail-invitation-note = افتح هذا الرابط لاختيار اسم وكلمة مرور. وهو صالح لمدة سبعة أيام ولمرة واحدة:
mail-invitation-warning = إذا كنت لا تعرف سبب وصول هذه الرسالة إليك، فلا داعي لفعل أي شيء.

mail-device-subject = تسجيل دخول جديد إلى { $product }
mail-device-lead = استُخدم حسابك للتو لتسجيل الدخول من متصفح لم نره من قبل: { $device }، من الشبكة { $network }.
mail-device-link = تعيين كلمة مرور جديدة
mail-device-warning = إذا كنت أنت، فلا داعي لفعل أي شيء. وإلا فعيّن كلمة مرور جديدة فورًا، وسيتم بذلك تسجيل الخروج من جميع الأجهزة.

mail-change-password = تم تغيير كلمة مرورك على { $product }
mail-change-address = عناوين حسابك على { $product }
mail-change-factors = أمان حسابك على { $product }
mail-change-password-changed = تم تغيير كلمة مرور حسابك، وتسجيل الخروج من الأجهزة الأخرى.
mail-change-password-removed = تمت إزالة كلمة مرور حسابك. تبقى طرق تسجيل الدخول الأخرى كما هي.
mail-change-authenticator-added = تمت إضافة تطبيق مصادقة إلى حسابك. من الآن فصاعدًا، يُطلب رمز منه عند تسجيل الدخول.
mail-change-authenticator-removed = تمت إزالة تطبيق المصادقة من حسابك، ومعه رموز الاسترداد. لم يعد يُطلب أي رمز عند تسجيل الدخول.
mail-change-passkey-added = تمت إضافة مفتاح المرور «{ $name }» إلى حسابك.
mail-change-passkey-removed = تمت إزالة مفتاح المرور «{ $name }» من حسابك.
mail-change-recovery-codes = تم إنشاء رموز استرداد جديدة لحسابك. لم تعد الرموز السابقة صالحة.
mail-change-address-added = تمت إضافة العنوان { $address } إلى حسابك.
mail-change-address-removed = تمت إزالة العنوان { $address } من حسابك.
mail-change-address-changed = تم تغيير العنوان الأساسي لحسابك من { $from } إلى { $to }.
mail-change-factors-reset = أزال القائمون على الخدمة تطبيق المصادقة ورموز الاسترداد من حسابك، كما يحدث لمن يفقدها.
mail-change-when = الوقت: { $time }
mail-change-from = من: { $device }، الشبكة { $network }
mail-change-by-operator = بواسطة: القائمين على الخدمة
mail-change-recover = تعيين كلمة مرور جديدة
mail-change-recover-warning = إذا كنت أنت، فلا داعي لفعل أي شيء. وإلا فعيّن كلمة مرور جديدة فورًا، وسيتم بذلك تسجيل الخروج من جميع الأجهزة. ثم تحقق مما تغيّر أيضًا في صفحة «تسجيل الدخول والأمان» في حسابك.
mail-change-review = مراجعة جلساتك
mail-change-review-warning = إذا كنت أنت، فلا داعي لفعل أي شيء. وإلا فسجّل الخروج من كل جهاز ليس لك، وتحقق مما تغيّر أيضًا في صفحة «تسجيل الدخول والأمان» في حسابك.
mail-change-undo = التراجع عن التغيير
mail-change-undo-warning = إذا كنت أنت، فلا داعي لفعل أي شيء. وإلا فتراجع عن التغيير وعيّن كلمة مرور جديدة: الرابط صالح لمدة ثلاثة أيام.

mail-address-subject = تأكيد عنوانك على { $product }
mail-address-lead = يريد شخص ما، ربما أنت، إضافة هذا العنوان إلى حساب على { $product }.
mail-address-link = تأكيد هذا العنوان
mail-address-note = أو افتح هذا الرابط في متصفح سجّلت الدخول فيه. وهو صالح لمدة ساعة واحدة ولمرة واحدة:
mail-address-warning = إذا لم تكن أنت، فلا داعي لفعل أي شيء: لا يُضاف العنوان دون هذا الرمز أو الرابط.

mail-sign-in-subject = رمزك على { $product }
mail-sign-in-lead = يريد شخص ما، ربما أنت، تسجيل الدخول إلى حسابك على { $product }.
mail-sign-in-link = تسجيل الدخول
mail-sign-in-note = أو افتح هذا الرابط في المتصفح الذي بدأت منه. وهو صالح لمدة 10 دقائق ولمرة واحدة:
mail-sign-in-warning = إذا لم تكن أنت، فلا داعي لفعل أي شيء: لا يمكن لأحد تسجيل الدخول دون هذا الرمز. لا تُعطِه لأحد، أيًا كان من يطلبه.
