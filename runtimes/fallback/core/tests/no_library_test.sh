#!/bin/sh
# no_library_test.sh NM PROGRAM OBJECT...: the program works, and the objects of the core ask the linker for nothing but
# one another and what every C compiler may call of its own accord.
nm=$1
program=$2
shift 2
"$program" || { echo "line $?, modulo 250 and one more, of no_library_check.cpp fails" >&2; exit 1; }

asked=$("$nm" --demangle --undefined-only --format=posix "$@" |
  grep -v '\.o: *$\|\.o\]\{0,1\}:$' |
  grep -v '^gauntlet::fallback::\|^_GLOBAL_OFFSET_TABLE_\|^mem\(cpy\|move\|set\|cmp\) ')
[ -z "$asked" ] || { printf 'the core needs a library:\n%s\n' "$asked" >&2; exit 1; }

held=$("$nm" --demangle "$@" | grep 'typeinfo\|vtable\|malloc\|operator new(unsigned long)\|__cxa_\|pthread')
[ -z "$held" ] || { printf 'the core holds what it may not:\n%s\n' "$held" >&2; exit 1; }
