//! `branding preview`, and looks that are refused.

use super::installation::Installation;

#[test]
fn the_preview_needs_neither_server_nor_database() {
    let site = Installation::sqlite();
    site.configure(
        "[branding]\nname = \"Port\"\ncolors.accent = \"#006a4e\"\n[branding.clients.shop]\nname = \"Port Shop\"\n",
    );
    let there = latchkey::platform::i18n::languages();
    let other = there.iter().find(|language| language.dir() == "rtl").or(there.last()).unwrap();
    let said = site.json(&["branding", "preview", "--output", "looks", "--locale", "en", "--locale", other.tag]);
    let files: Vec<String> = std::fs::read_dir(site.file("looks"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(said["files"].as_u64().unwrap() as usize > files.len(), "{said}");
    for name in [
        "index.html",
        "sign-in.error.en.html",
        "sign-in.error.en.dark.html",
        "sign-in.long.en.html",
        &format!("appearance.filled.{}.html", other.tag),
        &format!("letter-recovery.filled.{}.html", other.tag),
        "letter-recovery.filled.en.txt",
    ] {
        assert!(files.iter().any(|file| file == name), "{name}");
    }
    assert!(!site.file("latchkey.db").exists());
    let page = std::fs::read_to_string(site.file(&format!("looks/sign-in.filled.{}.html", other.tag))).unwrap();
    assert!(page.contains(&format!("dir=\"{}\"", other.dir())) && page.contains("<bdi>Port</bdi>"), "{page}");
    for link in page
        .split("href=\"./")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.starts_with("static/"))
    {
        assert!(site.file("looks").join(link).exists(), "{link}");
    }
    site.json(&["branding", "preview", "--output", "shop", "--locale", "en", "--client", "shop"]);
    assert!(std::fs::read_to_string(site.file("shop/sign-in.empty.en.html")).unwrap().contains("<bdi>Port Shop</bdi>"));
    assert_eq!(site.output(&["branding", "preview", "--locale", "tlh"], "").code, 2);
    assert!(site.output(&["branding", "preview", "--client", "none"], "").err.contains("`branding.clients.none`"));
}

#[test]
fn looks_that_cannot_be_shown_are_told_by_doctor_and_preview_and_stop_the_server() {
    let site = Installation::migrated();
    let words = site.file("words");
    std::fs::create_dir_all(&words).unwrap();
    std::fs::write(words.join("en.ftl"), "copy = Take\nlogin-titel = Hello\n").unwrap();
    std::fs::write(site.file("logo.png"), "GIF89a").unwrap();
    let (words, logo) = (words.display(), site.file("logo.png"));
    site.configure(&format!("[branding]\nlogo = '{}'\nmessages_directory = '{words}'\n", logo.display()));
    let doctor = site.output(&["doctor", "--json"], "").out;
    let preview = site.output(&["branding", "preview"], "");
    let serve = site.output(&["serve"], "");
    assert_eq!((preview.code, serve.code), (1, 1));
    for said in [&doctor, &preview.err, &serve.err] {
        assert!(said.contains("branding.logo") && said.contains("is not SVG, PNG or WebP"), "{said}");
        assert!(said.contains("en.ftl:2: there is no message `login-titel`; the nearest is `login-title`"), "{said}");
    }
    site.configure("[branding.colors]\naccent = \"#ffe000\"\naccent_text = \"#ffffff\"\n");
    let said = site.output(&["serve"], "").err;
    assert!(
        said.contains("`branding.colors.accent_text` makes accent-text (#ffffff) on accent (#ffe000) hard to see"),
        "{said}"
    );
}
