# Keys, secrets and certificates of the test guest. They lie in the world-readable store, on purpose: they open machines
# that exist for the minutes of a test, behind a port of the tester's own loopback. A real box is given its own, by path.
#
# Made anew by each build (Nix keeps the product): image and manifest refer to one and the same product.
{
  runCommand,
  openssh,
  openssl,
  # Who logs in, and the machine's name.
  people,
  domain,
}:
runCommand "odoo-box-guest-keys"
  {
    nativeBuildInputs = [
      openssh
      openssl
    ];
    # Never from a cache: somebody else would have the same keys.
    allowSubstitutes = false;
    preferLocalBuild = true;
    inherit people domain;
  }
  ''
    mkdir -p $out/keys $out/secrets $out/host
    for user in $people; do
      ssh-keygen -q -t ed25519 -N "" -C "$user" -f $out/keys/$user
      mv $out/keys/$user.pub $out/host/$user.pub
    done
    ssh-keygen -q -t ed25519 -N "" -C "" -f $out/host/ssh_host_ed25519_key
    for secret in odoo-master-password odoo-web-password pgadmin-password; do
      openssl rand -base64 24 | tr -d '\n' > $out/secrets/$secret
    done

    cd $TMPDIR
    curve="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    openssl req -x509 $curve -keyout ca.key -out $out/ca.crt -days 3650 -subj '/CN=Odoo Box test CA' \
      -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign
    openssl req $curve -keyout $out/host/tls.key -out tls.csr -subj '/CN=Odoo Box'
    printf '%s\n' "subjectAltName=DNS:$domain,DNS:localhost,IP:127.0.0.1" basicConstraints=critical,CA:FALSE \
      keyUsage=critical,digitalSignature extendedKeyUsage=serverAuth > extensions
    openssl x509 -req -in tls.csr -CA $out/ca.crt -CAkey ca.key -CAcreateserial -days 3650 \
      -extfile extensions -out $out/host/tls.crt
  ''
