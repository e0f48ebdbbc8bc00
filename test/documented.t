#!/usr/bin/perl
# What can be configured, said, counted and read is in the manual, and nothing else is: the
# tables in the sources against the pages, both ways. man.t holds the commands and their
# options, checks.t the texts of the named checks.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Manual;
use Test::More;
use Tree;

my @module = files(qr,^mod_authority/.*\.c$,);
my $format = slurp('core/format.h') =~ s,/\*.*?\*/,,gsr;

sub distinct {
    my %seen = map { $_ => 1 } @_;
    return [sort keys %seen];
}

# Two lists without order; the second, of the sources, must not be nearly empty.
sub same {
    my ($what, $documented, $known, $least) = @_;
    cmp_ok(scalar @$known, '>=', $least // 3, "$what are found");
    is_deeply(distinct(@$documented), distinct(@$known), "$what: manual and sources");
    return;
}

# The words after a macro, on its lines: `.Li state , summary` has two of Li.
sub marked {
    my ($macro, $text) = @_;
    return map { grep { !/^[,.:;()|]$/ } split ' ' }
        map { s/ (?:Pq|Oc|Ns|Op|Ar|No|Em|Li)\b.*//r } $text =~ /\b$macro (.*)/g;
}

sub function_of {
    my ($source, $name) = @_;
    return $source =~ /^[\w *]*\b\Q$name\E\([^;{]*\)\n\{\n(.*?)^\}/ms ? $1 : '';
}

# --- The policy: where each directive may stand, and its words.

my @EVERYWHERE = ('Location', 'TLS', 'VirtualHost', 'top level');
my %CONTEXTS = (
    IN_TOP      => ['top level'],
    IN_VHOST    => ['VirtualHost'],
    IN_SERVER   => ['VirtualHost', 'top level'],
    IN_TLS      => ['TLS', 'VirtualHost', 'top level'],
    IN_LOCATION => \@EVERYWHERE,
);

sub documented_contexts {
    my ($item, $is_tls) = @_;
    return \@EVERYWHERE if $item =~ /^Anywhere\.$/m || $item =~ /^Also in\n\.Em Location/m;
    return distinct(map { s/^ +| +$//gr } split /,/, $1 =~ s/ \.$//r)
        if $item =~ /\A(?:\.It .*\n)+\.Em (.*?) *[,.]?\n/;
    return $is_tls ? $CONTEXTS{IN_TLS} : [];
}

# The words after a colon: .Li a , b and .Li c
sub listed_words {
    my ($item) = @_;
    my ($list) = $item =~ /:\n((?:\.Li .*\n|and\n)+)/;
    return map { split / / } map { s/ ,//gr } ($list // '') =~ /^\.Li (.*)$/mg;
}

sub test_policy_directives {
    my $source = slurp('authorityc/directives.c');
    my %choices = $source =~ /^static const aty_choice (\w+)\[\] = \{(.*?)\n?\};/msg;
    my $page = section('authority.policy.5', 'DIRECTIVES');
    my ($rows) = $source =~ /aty_directive_spec table\[\] = \{(.*?)^\};/ms;
    my @rows = split /^    \{(?=\.name)/m, $rows;
    shift @rows;
    cmp_ok(scalar @rows, '>', 30, 'the rows of directives are found');
    for my $row (@rows) {
        my ($name, $contexts) = $row =~ /\.name = "(\w+)".*?\.contexts = (\w+)/s;
        my $item = item($page, "Ic $name");
        my $is_tls = index(section('authority.policy.5', 'TLS'), ".It Ic $name") >= 0;
        is_deeply(documented_contexts($item, $is_tls), $CONTEXTS{$contexts},
            "$name: where it may stand");
        my @known = map { $choices{$_} =~ /\{"([^"]+)", \w+, false\}/g }
            $row =~ /\.(?:choices|flags) = (\w+)/g or next;
        my @words = ($item =~ /(.*)/)[0] =~ /(?:\bCm|\|) (\w+)/g;
        @words = listed_words($item) if !@words;
        is_deeply(distinct(@words), distinct(@known), "$name: its words");
    }
    return;
}

# --- Reasons and checks: the same, and in the same order, since the first one counts.

sub test_lists {
    my @reasons = slurp('core/reason.c') =~ /\{"([a-z0-9-]+)"/g;
    my @checks = slurp('authorityc/checks.c') =~ /\{"([a-z0-9-]+)"/g;
    for (['REASONS', \@reasons], ['CHECKS', \@checks]) {
        my ($name, $known) = @$_;
        my @documented = section('authority.policy.5', $name) =~ /^\.It ([a-z0-9-]+)$/mg;
        is_deeply(\@documented, $known, "$name: in the order of the sources");
    }
    my @ways_out = slurp('authorityc/explain/explain_facts.c') =~ /\[(ATY_REASON_\w+)\] =/g;
    same('ways out', \@ways_out, [slurp('core/reason.c') =~ /\[(ATY_REASON_\w+)\] =/g]);
    my @asked = words(qr/^#\? \S+ \S+ (\S+) \S+$/m, files(qr,^test/reasons/.*\.policy$,));
    same('sites of reasons', ['drifted', grep { $_ ne 'same' } @asked], \@reasons);
    like(slurp('test/httpd/t/drift.t'), qr/\bdrifted\b/, '... and drift.t has the other');
    my @cases = map { m,/check-(.*)\.policy$, ? $1 : () } files(qr,^test/golden/check-,);
    my @strange = grep { my $case = $_; !grep { $case =~ /^\Q$_\E(?:-|$)/ } @checks } @cases;
    is_deeply(\@strange, [], 'golden cases are of checks that there are');
    my @texts = slurp('authorityc/check_texts.c') =~ /\[(ATY_CHECK_\w+)\] =/g;
    same('texts of checks', \@texts, [slurp('authorityc/checks.c') =~ /\[(ATY_CHECK_\w+)\] =/g]);
    my @faults = words(qr/\.name = "([a-z0-9-]+)"/, 'authorityc/probe/probe_faults.c');
    my $tests = join '', map { slurp($_) } files(qr,^test/(?:probe.*\.(?:pm|t)|unit/test_probe.*)$,);
    is_deeply([grep { my $enum = uc tr/-/_/r; $tests !~ /\b\Q$_\E\b|\bATY_FAULT_$enum\b/ } @faults],
        [], 'faults of probe: each is found in a test');
    return;
}

# --- The module: directives, log lines, variables.

sub test_module_directives {
    my $source = slurp('mod_authority/config.c');
    my $page = section('mod_authority.8', 'DIRECTIVES');
    my %setter = $source =~ /AP_INIT_\w+\("(\w+)", (\w+),/g;
    for my $name (sort keys %setter) {
        my $function = function_of($source, $setter{$name});
        my ($line, $where) = item($page, "Ic $name") =~ /(.*)\n(.*)\n/;
        is($where, $function =~ /GLOBAL_ONLY/ ? 'Server configuration.'
            : 'Server configuration and virtual host.', "$name: where it may stand");
        is_deeply(distinct($line =~ /(?:\bCm|\|) (\w+)/g),
            distinct($function =~ /\{"(\w+)", ATY_\w+\}/g), "$name: its words");
    }
    return;
}

# Of each tag the levels that it is logged with.
sub logged_levels {
    my %word = (APLOG_ERR => 'error', APLOG_WARNING => 'warn', APLOG_INFO => 'info');
    my %levels;
    for my $statement (map { split /;\n/ } map { slurp($_) } @module) {
        my @levels = map { $word{$_} } $statement =~ /\b(APLOG_(?:ERR|WARNING|INFO))\b/g;
        push @levels, 'error' if $statement =~ /\bdrift_level\(/;
        push @{$levels{$_}}, @levels for $statement =~ /"(ATY\d+)/g;
    }
    return %levels;
}

sub test_log {
    my $page = section('mod_authority.8', 'Error log');
    my %levels = logged_levels();
    same('log lines', [$page =~ /^\.It (ATY\d+)/mg], [keys %levels], 8);
    for my $tag (sort keys %levels) {
        my %is_word = map { $_ => 1 } item($page, $tag) =~ /\.Li (error|warn|info)\b/g;
        is_deeply([grep { !$is_word{$_} } @{distinct(@{$levels{$tag}})}], [],
            "$tag: the manual has its level");
    }
    same('variables of requests', [section('mod_authority.8', 'Environment') =~ /^\.It Ev (\w+)/mg],
        [words(qr/add\(r, "(AUTHORITY_[A-Z]+)"/, @module)]);
    same('variables of authorityc', [items('authorityc.1', 'Ev ')],
        [words(qr/getenv\("(\w+)"\)/, files(qr,^(?:core|authorityc)/.*\.c$,))]);
    my $whole = slurp('man/mod_authority.8');
    for my $word (words(qr/strcmp\(r->handler, (?:"|\w+_HANDLER)?([\w-]*)/, @module),
        words(qr/ap_exists_config_define\("(\w+)"\)/, @module))
    {
        like($whole, qr/\b\Q$word\E\b/, "the manual has $word");
    }
    return;
}

# --- The status page.

sub states {
    return slurp('mod_authority/status_facts.c') =~ /\[ATY_(?:LIVE|STATUS)_\w+\] = \{"(\w+)"/g;
}

sub test_status_text {
    my $source = slurp('mod_authority/status_text.c');
    my @keys = map { "Authority$_" } $source =~ /\b(?:line|number|moment)\(r, "([\w-]+)"/g;
    push @keys, $source =~ /"(Authority\w+): /g;
    my @families = map { "Authority$_" } $source =~ /apr_pstrcat\(r->pool, "([\w-]+)"/g;
    my @documented = map { s/^(AuthorityVhosts-|Authority(?:Misdirected|Would421)-).*/$1/r }
        grep { defined } section('mod_authority.8', '?auto')
        =~ /^(Authority[\w-]+): |^\.Li (AuthorityTableFailure)$/mg;
    same('keys of ?auto', \@documented, [@keys, @families], 20);
    return;
}

sub test_status_json {
    my $source = slurp('mod_authority/status_json.c');
    my @keys = $source =~ /\b(?:put\w*|begin)\(&?w, "(\w+)"/g;
    my $page = section('mod_authority.8', '?json');
    same('keys of ?json', [marked('Li', $page)], [@keys, states()], 30);
    return;
}

sub test_status_prometheus {
    my $source = slurp('mod_authority/status_prometheus.c');
    my @metrics = map { "authority_$_" } $source =~ /\b(?:head|plain|moment)\(r, "(\w+)"/g;
    my $page = section('mod_authority.8', '?prometheus');
    my @items = map { split / , / } $page =~ /^\.It Li (authority_.*)/mg;
    same('metrics', [map { s/\{.*//r } @items], \@metrics, 10);
    my @labels = ($source =~ /\blabel\(r, "[{,]", "(\w+)"/g,
        $source =~ /\blabelled\(r, "\w+", "(\w+)"/g);
    same('labels of metrics', [map { split /,/ } map { /\{(.*)\}/ ? $1 : () } @items], \@labels, 5);
    return;
}

# --- The table.

# Offset and size of the members of a record; the numbers have 4 bytes.
sub layout {
    my ($record) = @_;
    my ($text) = $format =~ /typedef struct \{([^}]*)\} \Q$record\E;/;
    my %count = (ATY_FIELD_COUNT => scalar fields());
    my ($offset, @offsets) = (0);
    for my $member (map { s/^\s+//r } split /;/, $text // '') {
        my ($type, $names) = $member =~ /^(\w+)\s+(.*)/s or next;
        for my $name (split /,\s*/, $names) {
            my $size = $type eq 'aty_le32' ? 4 : 1;
            push @offsets, [$name =~ /(\w+)/, $offset];
            $offset += $size * ($name =~ /\[(\w+)\]/ ? $count{$1} // $1 : 1);
        }
    }
    return ($offset, @offsets);
}

sub enumerated {
    my ($type) = @_;
    my ($text) = $format =~ /typedef enum \{([^}]*)\} \Q$type\E;/;
    return grep { !/_COUNT\b/ } map { /(\w+)/ ? $1 : () } split /,/, $text;
}

sub fields {
    return enumerated('aty_field');
}

# A record's offsets in the page: the second number of a range has no line of its own.
sub test_record {
    my ($name, $record) = @_;
    my ($size, @members) = layout($record);
    my %starts = map { $_->[1] => 1 } grep { $_->[0] !~ /_(?:count|high)$/ } @members;
    my $page = section('authority.table.5', $name) =~ s/^The (?:flags|states) are.*//msr;
    my @documented = $page =~ /^\.It (\d+) Ta/mg;
    is_deeply(\@documented, [sort { $a <=> $b } keys %starts], "$name: its offsets");
    my ($documented) = section('authority.table.5', 'HEADER')
        =~ /^\.It \d+ Ta \L$name\E(?:s|es)? Ta (\d+) Ta/m;
    is($documented, $size, "$name: its size");
    return;
}

sub test_table {
    my %record = ('Address set' => 'aty_address_set_record',
        map { $_ => 'aty_' . lc($_) . '_record' }
            qw(Vhost Seat Name Setting Place Source Certificate Location Pair));
    test_record($_, $record{$_}) for sort keys %record;
    my $header = section('authority.table.5', 'HEADER');
    my @sections = map { lc s/^ATY_SECTION_//r =~ tr/_/ /r } enumerated('aty_section');
    is_deeply([$header =~ /^\.It \d+ Ta ([a-z ]+) Ta \d+ Ta .*/mg], \@sections, 'the sections');
    my ($size) = layout('aty_section_record');
    my $whole = 24 + @sections * $size;
    like($header, qr/size of the header: $whole$/m, 'the size of the header');
    my @policies = map { lc s/^ATY_SNI_//r } enumerated('aty_sni_policy');
    is_deeply([$header =~ /^\.It Ta Ta (0 .*)/m], [join ', ', map { "$_ $policies[$_]" } 0 .. $#policies],
        'the numbers of SNIPolicy');
    test_table_numbers();
    return;
}

sub test_table_numbers {
    my $vhost = section('authority.table.5', 'Vhost');
    my @bits = map { 1 << $_ } $format =~ /^#define ATY_VHOST_\w+\s+\(1u << (\d+)\)/mg;
    my ($flags) = $vhost =~ /^The flags are(.*)/ms;
    is_deeply([$flags =~ /^\.It (\d+) Ta/mg], \@bits, 'the flags of a vhost');
    my ($states) = section('authority.table.5', 'Seat') =~ /^The states are(.*)/ms;
    is(scalar(() = $states =~ /^\.It \d+ Ta/mg), scalar enumerated('aty_origin_state'),
        'the states of a seat');
    my @fields = map { lc s/^ATY_FIELD_//r =~ tr/_/-/r } fields();
    my ($text) = section('authority.table.5', 'COMPARED FIELDS') =~ /(.*?)^\.Pp/ms;
    my @documented = $text =~ /\b(\d+)\s+([\w-]+)/g;
    is_deeply(\@documented, [map { ($_, $fields[$_]) } 0 .. $#fields], 'the compared fields');
    return;
}

# --- Files that are named.

sub test_files {
    my @top = grep { -d } qw(authorityc build completion core debian man mod_authority policies test);
    my $top = join '|', @top;
    for my $page (files(qr,^(?:README\.md|test/(?:\w+/)*README\.md|man/.*\.\d)$,)) {
        my @named = slurp($page) =~ m,(?<![\w./-])((?:$top)/[\w./*-]*\w),g;
        my @astray = grep { !/NAME|MPM/ } grep { my $name = $_; !grep { -e } glob $name } @named;
        is_deeply(\@astray, [], "$page: the files that it names are there");
    }
    my ($table) = slurp('test/README.md') =~ /^\| \| what is held.*\n((?:\|.*\n)+)/m;
    my $rows = join '', $table =~ /^\| (`.*?) \|/mg;
    my @named = grep { !/\*/ } $rows =~ /`([^`]+)`/g;
    is_deeply([grep { !-e "test/$_" } @named], [], 'test/README.md: what it lists is there');
    my %row = map { s,/.*,,r => 1 } $rows =~ /`([^`]+)`/g;
    my @directories = distinct(map { m,^test/([^/]+)/, ? $1 : () } files(qr,^test/,))->@*;
    is_deeply([grep { !$row{$_} } @directories], [], '... and every directory of test/ is listed');
    return;
}

test_policy_directives();
test_lists();
test_module_directives();
test_log();
test_status_text();
test_status_json();
test_status_prometheus();
test_table();
test_files();
done_testing();
