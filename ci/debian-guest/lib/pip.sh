# shellcheck shell=bash
# pip in a guest's root, configured like the machine's own pip: its files, proxy, certificates and index.

# The cache folder, as ci/lib/common.sh sets it.
: "${cache:?}"

# open_pip ROOT: puts the files that pip needs below ROOT/run (a tmpfs) and sets pip_environment, for env(1).
open_pip() {
  local root=$1 bundle variable
  mkdir -p "$root/run/build/home" "$root/run/build/pip-cache" "$root/run/systemd/resolve" "$cache/downloads/pip"
  mount --bind "$cache/downloads/pip" "$root/run/build/pip-cache"
  # The root's resolv.conf is a link to this file.
  cp -L /etc/resolv.conf "$root/run/systemd/resolve/stub-resolv.conf"
  cp -L /etc/hosts "$root/run/build/hosts"
  [ -e "$root/etc/hosts" ] || touch "$root/etc/hosts"
  mount --bind "$root/run/build/hosts" "$root/etc/hosts"
  bundle=${PIP_CERT:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}
  cp -L "$bundle" "$root/run/build/ca.crt"
  # pip reads three files; the user's and PIP_CONFIG_FILE's override the machine's.
  mkdir -p "$root/run/build/home/.config/pip" "$root/run/build/xdg/pip"
  if [ -e /etc/pip.conf ]; then cp -L /etc/pip.conf "$root/run/build/xdg/pip/pip.conf"; fi
  local user=${HOME}/.config/pip/pip.conf
  [ -e "$user" ] || user=$HOME/.pip/pip.conf
  if [ -e "$user" ]; then cp -L "$user" "$root/run/build/home/.config/pip/pip.conf"; fi
  # Python has its own trust store unless both variables name a bundle.
  pip_environment=(
    HOME=/run/build/home XDG_CONFIG_DIRS=/run/build/xdg PIP_CACHE_DIR=/run/build/pip-cache
    PIP_CERT=/run/build/ca.crt SSL_CERT_FILE=/run/build/ca.crt REQUESTS_CA_BUNDLE=/run/build/ca.crt
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
  )
  if [ -n "${PIP_CONFIG_FILE:-}" ] && [ -e "$PIP_CONFIG_FILE" ]; then
    cp -L "$PIP_CONFIG_FILE" "$root/run/build/pip.conf"
    pip_environment+=(PIP_CONFIG_FILE=/run/build/pip.conf)
  fi
  for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_DEFAULT_TIMEOUT PIP_PROXY; do
    if [ -n "${!variable:-}" ]; then pip_environment+=("$variable=${!variable}"); fi
  done
}
