# A table that was compiled for another SSLVHostSNIPolicy than that of httpd is as good as
# none: what mod_ssl will let pass is not what the compiler took for granted.

use Aty::Drift;
use Aty::Test;

my $h2 = var('mpm') ne 'prefork';

# The site under another policy; undef: without the directive.
sub under {
    my ($policy) = @_;
    return top('SSLVHostSNIPolicy', defined $policy ? "SSLVHostSNIPolicy $policy" : '')
        ->(base_text());
}

# Without the directive httpd has secure, and so has a policy.
my @unlike = (
    ['secure', 'strict'], ['secure', 'authonly'], ['secure', 'insecure'],
    ['strict', 'secure'], ['authonly', 'secure'], ['insecure', 'secure'],
    ['insecure', 'authonly'], ['insecure', undef], ['strict', undef], [undef, 'insecure'],
);

my $server = Aty::Drift->new('sni-policy');
$server->httpd->log->announce(qr/ATY101: /);    # at restarts, looked at one by one

sub refused {
    my ($what, $names) = @_;
    for my $how (['-t'], ['-DFOREGROUND']) {
        my ($status, $output, @told) = $server->run(@$how);
        is($status, 1, "$what: httpd @$how refuses");
        my @lines = grep { /ATY/ } @told, split /\n/, $output;
        is(scalar @lines, 1, "$what: in one line");
        like($lines[0] // '', $names, "$what: that names both");
    }
}

for my $case (@unlike) {
    my ($table, $httpd) = @$case;
    $server->compile(under($table));
    $server->configure(under($httpd));
    my ($table_says, $httpd_says) =
        ($table // 'secure', $httpd ? "'$httpd'" : "'secure' by default");
    refused('the table ' . ($table // 'without') . ', httpd ' . ($httpd // 'without'),
        qr/ATY101: .*its SNIPolicy is '$table_says', and SSLVHostSNIPolicy of this httpd is $httpd_says/);
}

# legacy is for an httpd that has no such directive.
{
    $server->compile(under('legacy'));
    $server->configure(under('secure'));
    refused('the table legacy', qr/ATY101: .*its SNIPolicy is 'legacy', .*'secure'/);
}

# Not a difference.
for my $case (['secure', undef], [undef, 'secure'], ['authonly', 'AuthOnly']) {
    my ($table, $httpd) = @$case;
    $server->compile(under($table));
    $server->configure(under($httpd));
    my ($status, $output) = $server->run('-t');
    is($status, 0, 'the table ' . ($table // 'without') . ', httpd ' . ($httpd // 'without')
        . ': httpd -t is content') or diag($output);
}

# Asks for: the own vhost, one that shares, one that differs in client certificates.
sub asked {
    my ($what, $wanted) = @_;
    for my $protocol ('HTTP/1.1', $h2 ? 'h2' : ()) {
        my @got = map {
            my @to = ($server->httpd->port('drift_one'), 'www.example.test');
            my $connection = $protocol eq 'h2' ? h2(@to) : h1(@to, alpn => ['http/1.1']);
            verdict($connection, "$_.example.test", server => $server->httpd);
        } qw(www static admin);
        is(join(', ', @got), $wanted, "$what: $protocol");
    }
}

sub frames_are {
    my ($what, $wanted) = @_;
    return if !$h2;
    my $connection = h2($server->httpd->port('drift_one'), 'www.example.test');
    $connection->barrier;
    is(scalar $connection->frames('ORIGIN'), $wanted, "$what: $wanted ORIGIN frames");
}

sub closed {
    my ($what, $names, @lines) = @_;
    is(scalar @lines, 1, "$what: one line at a graceful restart");
    like($lines[0] // '', qr/\[authority:error\].*ATY101: .*$names.*; going on without it/,
        "$what: that names both");
    ok($server->httpd->alive, "$what: the server goes on");
    asked($what, 'same, misdirected no-table, misdirected no-table');
    frames_are($what, 0);
}

sub open_again {
    my ($what, @lines) = @_;
    is_deeply(\@lines, [], "$what: nothing is told");
    asked($what, 'same, shared, misdirected client-auth');
    frames_are($what, 1);
}

# At a restart: closed, until one of the two follows.
{
    my $both = qr/its SNIPolicy is 'secure', and SSLVHostSNIPolicy of this httpd is/;
    $server->compile(under('secure'));
    $server->configure(under('secure'));
    open_again('at first', $server->start);

    $server->configure(under('authonly'));
    closed('httpd authonly, the table secure', qr/$both 'authonly'/, $server->restart);
    $server->compile(under('authonly'));
    open_again('both authonly', $server->restart);

    $server->compile(under('insecure'));
    closed('httpd authonly, the table insecure', qr/'insecure', and .* is 'authonly'/,
        $server->restart);
    $server->configure(under('insecure'));
    open_again('both insecure', $server->restart);
}

# A line that is taken out: mod_ssl goes on with what it said.
{
    my $taken_out = qr/\[authority:warn\].*ATY105: SSLVHostSNIPolicy was 'insecure' before, and its line was taken out/;
    $server->compile(under('secure'));
    $server->configure(under(undef));
    for my $what ('the line taken out', 'the line taken out, once more') {
        my @lines = $server->restart;
        is(scalar @lines, 1, "$what: one line");
        like($lines[0] // '', $taken_out, "$what: says so");
        asked($what, 'same, shared, misdirected client-auth');
    }

    $server->compile(under('insecure'));
    my @lines = $server->restart;
    is(scalar(grep { $_ =~ $taken_out } @lines), 1, 'the line taken out, the table as it was: told');
    is(scalar(grep { /ATY101: .*'insecure', .*'secure' by default/ } @lines), 1,
        'the line taken out, the table as it was: it is for another httpd');
    asked('the line taken out, the table as it was',
        'same, misdirected no-table, misdirected no-table');

    $server->compile(under('secure'));
    $server->configure(under('secure'));
    open_again('the line is there, and says secure', $server->restart);
    $server->configure(under(undef));
    open_again('it was secure that was taken out', $server->restart);

    $server->compile(under('insecure'));
    $server->configure(under('insecure'));
    open_again('both insecure once more', $server->restart);
    $server->compile(under('secure'));
    $server->configure(under(undef));
    is(scalar(grep { $_ =~ $taken_out } $server->restart), 1, 'taken out: told');
    $server->httpd->stop;
    open_again('stopped and started: mod_ssl has forgotten it', $server->start);
}

finish();
