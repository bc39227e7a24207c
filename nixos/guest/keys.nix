# Keys, secrets and certificates of the test guest. Private parts (output `out`) are in the world-readable store of the host, on
# purpose: they open machines that exist for the minutes of a test, behind a port of the tester's own loopback. A production box
# gets its own secrets, by path.
#
# The machine itself refers only to the output `public`: everything that its system refers to is in its own store, where every
# user can read it (./image.nix checks that `out` is not).
#
# Each build generates new keys, so two builds differ; ./default.nix checks that image and keys are of one build.
{
  runCommand,
  openssh,
  openssl,
  # The users who log in, and the machine's name.
  people,
  domain,
}:
runCommand "odoo-box-guest-keys"
  {
    outputs = [
      "out"
      "public"
    ];
    nativeBuildInputs = [
      openssh
      openssl
    ];
    # Never from a cache: others would have identical keys.
    allowSubstitutes = false;
    preferLocalBuild = true;
    inherit people domain;
  }
  ''
    mkdir -p $out/keys $out/secrets $out/host $public
    for user in $people; do
      ssh-keygen -q -t ed25519 -N "" -C "$user" -f $out/keys/$user
      mv $out/keys/$user.pub $public/$user.pub
    done
    ssh-keygen -q -t ed25519 -N "" -C "" -f $out/host/ssh_host_ed25519_key
    mv $out/host/ssh_host_ed25519_key.pub $public/ssh_host_ed25519_key.pub
    for secret in odoo-master-password odoo-web-password pgadmin-password; do
      openssl rand -base64 24 | tr -d '\n' > $out/secrets/$secret
    done

    cd $TMPDIR
    curve="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    openssl req -x509 $curve -keyout ca.key -out $public/ca.crt -days 3650 -subj '/CN=Odoo Box test CA' \
      -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign
    openssl req $curve -keyout $out/host/tls.key -out tls.csr -subj '/CN=Odoo Box'
    printf '%s\n' "subjectAltName=DNS:$domain,DNS:localhost,IP:127.0.0.1" basicConstraints=critical,CA:FALSE \
      keyUsage=critical,digitalSignature extendedKeyUsage=serverAuth > extensions
    openssl x509 -req -in tls.csr -CA $public/ca.crt -CAkey ca.key -CAcreateserial -CAserial ca.srl -days 3650 \
      -extfile extensions -out $public/tls.crt
  ''
