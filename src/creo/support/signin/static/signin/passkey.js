// Passkeys (WebAuthn): a form with data-passkey asks the browser, and sends its answer as `credential`.
//   data-passkey="create" | "get"     data-passkey-options='{"publicKey": …}' or data-passkey-from="address of the question"
"use strict";

(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  // What came as text goes to the browser as bytes.
  const asked = (question) => {
    const publicKey = { ...question.publicKey, challenge: bytes(question.publicKey.challenge) };
    if (publicKey.user) publicKey.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    for (const list of ["excludeCredentials", "allowCredentials"])
      if (publicKey[list]) publicKey[list] = publicKey[list].map((each) => ({ ...each, id: bytes(each.id) }));
    return { publicKey };
  };

  // What the browser answers goes back as text.
  const answered = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (credential.response[name]) response[name] = text(credential.response[name]);
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const question = async (form) => {
    if (form.dataset.passkeyOptions) return JSON.parse(form.dataset.passkeyOptions);
    const answer = await fetch(form.dataset.passkeyFrom, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    const wrong = form.querySelector("[data-passkey-error]");
    let ready = false;
    form.addEventListener(
      "submit",
      async (event) => {
        if (ready) return;
        event.preventDefault();
        event.stopImmediatePropagation(); // «send once» waits for the real one
        if (!form.reportValidity()) return;
        wrong.hidden = true;
        try {
          const options = asked(await question(form));
          const credential =
            form.dataset.passkey === "create"
              ? await navigator.credentials.create(options)
              : await navigator.credentials.get(options);
          form.elements.credential.value = JSON.stringify(answered(credential));
        } catch {
          wrong.hidden = false;
          return;
        }
        ready = true;
        form.requestSubmit();
      },
      true,
    );
  }
})();
