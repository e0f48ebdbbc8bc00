# Completion of authorityc's command line in bash 4.4 or later, with and without the
# package bash-completion. Commands, options and what their values are called come from
# `authorityc --help` and `authorityc COMMAND --help`.
# shellcheck shell=bash

# The functions share these variables of _authorityc:
#   program    what to ask
#   words      the words before the one at the cursor, as they would be without quotes
#   later      those after it
#   cur        the word at the cursor, as far as the cursor, likewise
#   head       the part of it that bash takes for a word of its own: it ends in = or :
#   quote      the quote that is open at the cursor
#   options    of the command, and
#   value_of   what their values are called: FILE, or [FILE] where there need not be one

# Takes the quotes off a word; sets `plain`, and `head` and `quote` for it. Nothing is
# expanded but ~/ at the beginning.
_authorityc_unquote() { # WORD
    local rest=$1 char
    plain='' head='' quote=''
    if [[ $rest == \~/* ]]; then
        plain=$HOME rest=${rest:1}
    fi
    while [[ $rest ]]; do
        char=${rest:0:1} rest=${rest:1}
        if [[ $char == "$quote" ]]; then
            quote=''
        elif [[ ! $quote && $char == [\"\'] ]]; then
            quote=$char
        elif [[ $char == \\ && $quote != \' && $rest ]] &&
            [[ ! $quote || ${rest:0:1} == [\"\\\$\`] ]]; then
            plain+=${rest:0:1} rest=${rest:1}
        else
            plain+=$char
            if [[ ! $quote && $char == [=:] && $COMP_WORDBREAKS == *"$char"* ]]; then
                head=$plain
            fi
        fi
    done
}

# Fills in `words`, `later`, `cur`, `head` and `quote`. bash splits words at = and : as
# well; what no blank separates is one word again.
_authorityc_split() {
    local line=${COMP_LINE:0:COMP_POINT} plain i blanks word raw=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        blanks=${line%%[![:blank:]]*}
        line=${line#"$blanks"}
        word=${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || word=$line
        if [[ $blanks || $i -eq 0 ]]; then
            raw+=("$word")
        else
            raw[${#raw[@]} - 1]+=$word
        fi
        line=${line#"$word"}
    done
    for word in "${COMP_WORDS[@]:COMP_CWORD + 1}"; do
        _authorityc_unquote "$word"
        later+=("$plain")
    done
    for word in "${raw[@]}"; do
        _authorityc_unquote "$word"
        words+=("$plain")
    done
    cur=$plain
    unset "words[${#words[@]} - 1]"
}

# Fills in `options` and `value_of` for a command, or for none. A line of help begins with
# one or more spellings, and the name of the value after the last: '-f, --file FILE',
# '--certificates[=FORM]'.
_authorityc_read_options() { # [COMMAND]
    local line value spelling spellings
    while IFS= read -r line; do
        [[ $line == '  -'* ]] || continue
        line=${line:2}
        line=${line%%  *}
        value=''
        if [[ $line =~ \[=?([^]]+)\]$ ]]; then
            value="[${BASH_REMATCH[1]}]"
        elif [[ $line =~ [\ =]([^-\ ][^\ ]*)$ ]]; then
            value=${BASH_REMATCH[1]}
        fi
        IFS=', ' read -ra spellings <<<"$line"
        for spelling in "${spellings[@]}"; do
            [[ $spelling =~ ^(-W|--?[a-z][a-z0-9-]*) ]] || continue
            [[ ! ${value_of[${BASH_REMATCH[1]}]+known} ]] || continue
            options+=("${BASH_REMATCH[1]}")
            value_of[${BASH_REMATCH[1]}]=$value
        done
    done < <("$program" "$@" --help 2>/dev/null)
}

_authorityc_commands() {
    "$program" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'
}

_authorityc_checks() {
    "$program" check --explain 2>/dev/null | sed 's/ .*//'
}

# What may stand after -W.
_authorityc_warnings() {
    local check
    printf '%s\n' error no-error
    while read -r check; do
        printf '%s\n' "$check" "no-$check" "error=$check" "no-error=$check"
    done < <(_authorityc_checks)
}

# Prints what a table holds: of the policy or table on the command line, which may stand
# after the cursor. Fails where there is none, or where it takes too long.
_authorityc_dump() {
    local word
    for word in "${words[@]:2}" "${later[@]}"; do
        if [[ -f $word && -r $word ]]; then
            timeout 5 "$program" dump -- "$word" 2>/dev/null
            return
        fi
    done
    return 1
}

# Names that can be asked for: no patterns.
_authorityc_names() { # BEGINNING
    _authorityc_dump | BEGINNING=$1 awk '
        /^  names / {
            for (i = 2; i <= NF; i++)
                if (index($i, ENVIRON["BEGINNING"]) == 1 && $i !~ /[*?]/ && !seen[$i]++)
                    print $i
        }'
}

_authorityc_addresses() {
    _authorityc_dump | sed -n 's/^address \([^ ]*\) .*/\1/p'
}

# Offers those of the words, a line each, that begin as the cursor's does. `before` stands
# before the value in the same word.
_authorityc_offer() { # BEFORE WORDS
    local word
    while IFS= read -r word; do
        word=$1$word
        [[ $word && $word == "$cur"* ]] || continue
        word=${word#"$head"}
        [[ $quote ]] || printf -v word %q "$word"
        COMPREPLY+=("$word")
    done <<<"$2"
}

# Offers names, of which there may be some 100,000: they are looked through already, and
# need no quotes.
_authorityc_offer_names() { # BEFORE
    local lines names
    lines=$(set -o pipefail; _authorityc_names "${cur#"$1"}") && [[ $lines ]] || return
    mapfile -t names <<<"$lines"
    names=("${names[@]/#/$1}")
    COMPREPLY+=("${names[@]#"$head"}")
}

# Offers directories, and files with one of the endings; where there are no such files,
# all.
_authorityc_offer_files() { # BEFORE [ENDING…]
    local before=$1 value=${cur#"$1"} endings path paths=() fitting=()
    shift
    endings=$(IFS='|'; echo "$*")
    while IFS= read -r -d '' path; do
        [[ -e $path || -L $path ]] || continue
        paths+=("$path")
        if [[ ! -d $path && $path =~ \.($endings)$ ]]; then
            fitting+=("$path")
        fi
    done < <(
        shopt -u failglob
        printf '%s\0' "$value"*
    )
    for path in "${paths[@]}"; do
        if [[ ${#fitting[@]} -gt 0 && ! -d $path && ! $path =~ \.($endings)$ ]]; then
            continue
        fi
        path=$before$path
        path=${path#"$head"}
        if [[ $tilde ]]; then
            path="~${path#"$HOME"}"
        fi
        COMPREPLY+=("$path")
    done
    compopt -o filenames 2>/dev/null
}

# Offers values of an option, or of none, by what --help calls them. Where the name does
# not tell enough, the option does.
_authorityc_offer_value() { # BEFORE OPTION NAME
    local before=$1 value=${cur#"$1"} name=${3#[}
    case $2:${name%]} in
    --module:*) _authorityc_offer_files "$before" so ;;
    --client-cert:* | --ca:*) _authorityc_offer_files "$before" pem crt ;;
    --key:*) _authorityc_offer_files "$before" key pem ;;
    --server:*) _authorityc_offer "$before" $'authority\nhttpd\nother' ;;
    --certificates:*) _authorityc_offer "$before" $'policy\nmdomain\ncertbot\njson' ;;
    -o:FILE | --output:FILE)
        case ${words[1]} in
        plan) _authorityc_offer_files "$before" policy ;;
        *) _authorityc_offer_files "$before" html ;;
        esac
        ;;
    *:POLICY) _authorityc_offer_files "$before" policy ;;
    *:TABLE) _authorityc_offer_files "$before" table ;;
    *:'POLICY|TABLE') _authorityc_offer_files "$before" policy table ;;
    *:FILE) _authorityc_offer_files "$before" ;;
    *:CHECK) _authorityc_offer "$before" "$(_authorityc_checks)" ;;
    *:CONNECTION)
        _authorityc_offer "$before" -
        _authorityc_offer_names "$before"
        ;;
    --all:* | *:AUTHORITY) _authorityc_offer_names "$before" ;;
    *:ADDR:PORT) _authorityc_offer "$before" "$(_authorityc_addresses)" ;;
    *:HOST:PORT) _authorityc_offer "$before" "$(compgen -A hostname -- "$value")" ;;
    *:CMD) _authorityc_offer "$before" "$(compgen -c -- "$value" | sort -u)" ;;
    esac
}

# What the argument at a position is called.
_authorityc_argument() { # COMMAND POSITION
    local given=" ${words[*]:2} ${later[*]} "
    case $1:$2 in
    check:1) [[ $given == *' --explain '* ]] && echo CHECK || echo POLICY ;;
    compile:1 | plan:1) echo POLICY ;;
    explain:1 | dump:1 | probe:1 | report:1 | diff:[12]) echo 'POLICY|TABLE' ;;
    explain:[23])
        [[ $given =~ \ --(pairs|all|groups)[\ =] ]] && return
        [[ $2 == 2 ]] && echo CONNECTION || echo AUTHORITY
        ;;
    esac
}

# Offers what may stand at the cursor, after the words of a command.
_authorityc_in_command() { # COMMAND
    local word waiting='' ended='' position=1
    _authorityc_read_options "$1"
    for word in "${words[@]:2}"; do
        if [[ $waiting ]]; then
            waiting=''
        elif [[ ! $ended && $word == -- ]]; then
            ended=yes
        elif [[ ! $ended && $word == -?* ]]; then
            waiting=$word
            [[ ${value_of[$word]-} == [^[]* && $word != -W* ]] || waiting=''
        else
            position=$((position + 1))
        fi
    done
    if [[ $waiting ]]; then
        _authorityc_offer_value '' "$waiting" "${value_of[$waiting]}"
    elif [[ ! $ended && $cur == --*=* ]]; then
        _authorityc_offer_value "${cur%%=*}=" "${cur%%=*}" "${value_of[${cur%%=*}]-}"
    elif [[ ! $ended && $cur == -W* && ${value_of[-W]+known} ]]; then
        _authorityc_offer -W "$(_authorityc_warnings)"
    elif [[ ! $ended && $cur == -* ]]; then
        _authorityc_offer '' "$(printf '%s\n' "${options[@]}")"
        if [[ $cur == - ]]; then
            _authorityc_offer_value '' '' "$(_authorityc_argument "$1" "$position")"
        fi
    elif [[ $1 == import && $ended ]]; then
        _authorityc_offer_files ''
    else
        _authorityc_offer_value '' '' "$(_authorityc_argument "$1" "$position")"
    fi
}

_authorityc() {
    local words=() later=() cur head quote options=() program tilde=''
    local -A value_of=()
    COMPREPLY=()
    [[ $2 != \~/* ]] || tilde=yes
    _authorityc_split
    program=${words[0]}
    [[ $(type -t -- "$program") == file ]] || program=authorityc
    if ((${#words[@]} > 1)); then
        _authorityc_in_command "${words[1]}"
    elif [[ $cur == -* ]]; then
        _authorityc_read_options
        _authorityc_offer '' "$(printf '%s\n' "${options[@]}")"
    else
        _authorityc_offer '' "$(_authorityc_commands)"
    fi
}

complete -F _authorityc authorityc
