#!/usr/bin/env bash
# Copies a tree of files below a folder, and takes away again what it copied.
# usage: install.sh writable|install|uninstall [TREE]; the folder is $DESTDIR$PREFIX.
#
# What was installed stands in share/doc/chest-x-ray/installed.txt below PREFIX: a file's path a line, and the folders
# that were made, with a slash at their end. Files of others are never written over or removed, nor folders that were there before.
set -euo pipefail
export LC_ALL=C

job=$1
tree=${2:-}
root=${DESTDIR:-}${PREFIX:?}
listed=share/doc/chest-x-ray/installed.txt
list=$root/$listed

refuse() {
  printf '%s\n' "${@/#/${job/writable/install}: }" >&2
  exit 1
}

case $PREFIX in
  /*) ;;
  *) refuse "PREFIX=$PREFIX: a path from / on is needed" ;;
esac

# The nearest folder above a path that is there.
nearest() {
  local path=$1
  until [ -e "$path" ] || [ -L "$path" ]; do path=$(dirname "$path"); done
  printf '%s\n' "$path"
}

need_writable() {
  local folder place
  for folder in "$@"; do
    place=$(nearest "$folder")
    [ -d "$place" ] || refuse "$place is no folder; choose another with PREFIX=FOLDER"
    [ -w "$place" ] && [ -x "$place" ] || refuse \
      "$place cannot be written by $(id -un): make stage && sudo make $job, or choose a folder of your own with PREFIX=$HOME/.local"
  done
}

folders=("$root" "$root"/{bin,share/bash-completion/completions,share/zsh/site-functions}
  "$root"/share/{fish/vendor_completions.d,man/man1,doc/chest-x-ray})

# What stands in the list, but nothing that leads out of the folder.
recorded() {
  [ -e "$list" ] || return 0
  [ -f "$list" ] || refuse "$list is no file"
  if grep -qE '^/|(^|/)\.\.(/|$)|^$' "$list"; then
    refuse "$list names files elsewhere; it is not as make install wrote it"
  fi
  cat "$list"
}

# Writes the list, whole or not at all.
record() {
  sort -u >"$list.new"
  mv -f "$list.new" "$list"
}

install_tree() {
  local files old made="" path folder others=() name
  files=$(cd "$tree" && find . -type f | sed 's|^\./||' | sort)
  old=$(recorded)
  while IFS= read -r path; do
    if { [ -e "$root/$path" ] || [ -L "$root/$path" ]; } && ! grep -qxF -- "$path" <<<"$old"; then
      others+=("$root/$path is there already, and not from make install; move it away, or choose another folder with PREFIX=FOLDER")
    fi
  done <<<"$files"
  [ "${#others[@]}" -eq 0 ] || refuse "${others[@]}"

  [ -d "$root" ] || made=./
  mkdir -p "$root"
  while IFS= read -r folder; do
    [ -d "$root/$folder" ] && continue
    made+=$'\n'$folder/
    mkdir "$root/$folder"
  done < <(cd "$tree" && find . -mindepth 1 -type d | sed 's|^\./||' | sort)
  # First the list: what a stopped run leaves is known to the next.
  printf '%s\n' "$listed" "$files" "$old" "$made" | sed '/^$/d' | record
  while IFS= read -r path; do
    case $path in
      bin/*) install -m 755 "$tree/$path" "$root/$path" ;;
      *) install -m 644 "$tree/$path" "$root/$path" ;;
    esac
  done <<<"$files"
  # What an earlier version had, and this one has not.
  while IFS= read -r path; do
    case $path in
      */ | "$listed" | "") ;;
      *) grep -qxF -- "$path" <<<"$files" || rm -f -- "${root:?}/$path" ;;
    esac
  done <<<"$old"
  { printf '%s\n' "$listed" "$files" "$made"; grep '/$' <<<"$old" || true; } | sed '/^$/d' | record

  echo "installed in $root: $(cd "$tree/bin" && echo *), with manual pages and completions for bash, zsh and fish"
  if [ -z "${DESTDIR:-}" ]; then
    case :$PATH: in
      *:"$root/bin":*) ;;
      *) echo "$root/bin is not in PATH: export PATH=\"$root/bin:\$PATH\"" ;;
    esac
  fi
}

uninstall() {
  local entries path
  [ -e "$list" ] || refuse "nothing from make install is in $root: there is no $list"
  entries=$(recorded)
  while IFS= read -r path; do
    case $path in
      */ | "$listed") ;;
      *) rm -f -- "${root:?}/$path" ;;
    esac
  done <<<"$entries"
  rm -f -- "$list"
  # The deepest first; those that hold something else stay.
  while IFS= read -r path; do
    [ "$path" = ./ ] && path=
    rmdir -- "$root/$path" 2>/dev/null || true
  done < <(grep '/$' <<<"$entries" | sort -r)
  echo "removed from $root what make install had put there"
}

case $job in
  writable) need_writable "${folders[@]}" ;;
  install)
    need_writable "${folders[@]}"
    install_tree
    ;;
  uninstall)
    [ ! -e "$list" ] || need_writable "${folders[@]}"
    uninstall
    ;;
esac
