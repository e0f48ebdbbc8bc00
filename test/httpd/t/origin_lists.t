# What stands in the ORIGIN frame: exactly the names that may come to this connection, in
# the order of the policy, with the port that clients see.

use Aty::Test;

needs_h2();

my @common = qw(www example.test web static img users late);

# SNI and port of the site => the list, undef where no frame may come. A name without a
# dot stands for name.example.test, without a port for that of the address set.
my @cases = (
    ['site', 'www',        [@common]],
    ['site', 'example.test', [@common]],
    ['site', 'static',     [@common]],
    ['site', 'img',        [@common]],
    ['site', 'users',      [@common]],
    ['site', 'a.users.example.test', [@common]],
    ['site', 'late',       [@common]],
    ['site', 'late.users.example.test', [@common]],
    ['site', 'quiet',      [@common]],
    ['site', 'files',      [qw(www example.test web static img files users late)]],
    ['site', 'admin',      [qw(admin locked)], staff => 1],
    ['site', 'locked',     [qw(admin locked)], staff => 1],
    ['site', 'location',   []],
    ['site', 'partner',    []],
    ['site', 'alone',      []],
    ['site', 'copy',       []],
    ['site', 'second',     [qw(second other.elsewhere.test extra.elsewhere.test)]],
    ['site', 'ciphers',    []],
    ['site', 'new',        []],
    ['site', 'conf',       []],
    ['site', 'nowhere',    [@common]],
    ['site', 'stranger',   undef],
    ['serve', 'serve',     [qw(serve serve-too)]],
    ['wildcards', 'panel',   undef],
    ['wildcards', 'hosting', undef],
    ['always', 'panel-always',   [qw(panel-always hosting-always)]],
    ['always', 'hosting-always', [qw(panel-always hosting-always)]],
    ['never', 'never',     undef],
    ['never', 'never-too', undef],
    ['lone', 'lone',       []],
    ['public', 'public',   [qw(public:443 upper:443 mapped:8443)]],
    ['public', 'upper',    [qw(public:443 upper:443 mapped:8443)]],
    ['public', 'mapped',   [qw(public:443 upper:443 mapped:8443)]],
    ['mapped', 'mapped',   [qw(mapped:8443 as-it-is)]],
    ['mapped', 'as-it-is', [qw(mapped:8443 as-it-is)]],
    ['budget', 'budget-1', [qw(budget-1 budget-2 budget-3)]],
    ['budget', 'budget-5', undef],
    ['dual', 'dual-1',     [qw(dual-1 dual-2)]],
    ['dual', 'dual-3',     [qw(dual-1 dual-2)]],
    ['direct', 'direct',   [qw(direct direct-too)]],
    ['modern', 'modern',   [qw(modern modern-too)]],
    ['front', 'front',     []],
    ['forward', 'forward', []],
    ['backend', 'localhost', [qw(localhost backend-too)]],
    ['off', 'off',         undef],
    ['off', 'silent',      undef],
    ['off', 'off-zone',    []],
    ['off', 'off-admin',   [], staff => 1],
);

sub full_name {
    my ($name) = @_;
    return $name =~ /\.|\Alocalhost\z/ ? $name : "$name.example.test";
}

sub origin {
    my ($name, $port) = @_;
    ($name, $port) = ($1, $2) if $name =~ /\A(.*):(\d+)\z/;
    return 'https://' . full_name($name) . ($port == 443 ? '' : ":$port");
}

for my $case (@cases) {
    my ($port, $sni, $list, %option) = @$case;
    my $connection = h2($port, full_name($sni), %option);
    $connection->barrier;
    my $frames = $connection->frames('ORIGIN');
    if (!$list) {
        is($frames, 0, "$port: no frame for $sni");
        next;
    }
    is($frames, 1, "O18 $port: one frame for $sni");
    my $what = @$list ? scalar @$list . ' names' : 'O16: the empty frame';
    is_deeply([$connection->origins], [map { origin($_, port($port)) } @$list],
        "$port: $what for $sni");
}

# The same by what must never be there.
{
    my %listed;
    for my $case (grep { $_->[2] } @cases) {
        my ($port, $sni, undef, %option) = @$case;
        my $connection = h2($port, full_name($sni), %option);
        $connection->barrier;
        $listed{$_}{"$port/$sni"} = 1 for map { m{//([^:]+)} } $connection->origins;
    }
    is_deeply([grep { /\*/ } keys %listed], [], 'O7: a wildcard is listed nowhere');
    ok(!$listed{'quiet.example.test'}, 'a name with Advertise off is listed nowhere');
    ok(!$listed{'old.example.test'}, 'an http/1.1 vhost is listed nowhere');
    ok(!$listed{'static.elsewhere.test'},
        'O12: a name that the presented certificate does not cover is listed nowhere');
    ok(!$listed{'dual-3.example.test'},
        'O12: nor one that one of two certificates does not cover');
    ok(!$listed{'late.users.example.test'},
        'O13: nor one that an earlier wildcard takes from its vhost');
    ok(!$listed{'stranger.example.test'}, 'O13: nor a vhost that the policy does not know');
    for my $name (sort keys %listed) {
        my %ports = map { s{/.*}{}r => 1 } keys %{$listed{$name}};
        delete @ports{qw(public mapped)} if $name eq 'mapped.example.test';
        cmp_ok(scalar keys %ports, '<=', 1, "O13: $name is listed at its own addresses only");
    }
}

# PublicPort 443 is the default port and left out.
{
    my $connection = h2('public', 'public.example.test');
    $connection->barrier;
    is(($connection->origins)[0], 'https://public.example.test',
        'O6: the default port is not written');
    is(($connection->origins)[1], 'https://upper.example.test',
        'O6: a name written in upper case is listed in lower case');
}

# What is listed is served here: the promise behind O12 and O13.
for my $case (grep { $_->[2] && @{$_->[2]} } @cases) {
    my ($port, $sni, undef, %option) = @$case;
    next if $sni =~ /admin|locked/;
    my $connection = h2($port, full_name($sni), %option);
    $connection->barrier;
    my @wrong = grep {
        $connection->get(m{//([^/]+)})->{status} != 200
    } $connection->origins;
    none_wrong(\@wrong, "O13 $port: all that is listed for $sni is answered there");
}

finish();
