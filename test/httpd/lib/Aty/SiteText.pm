package Aty::SiteText;

# The configuration of a site as a text that is changed and read: as httpd reads it, and as
# the policy that it comes to, line by line.

use strict;
use warnings;

use Aty::Test qw(file var);
use Exporter qw(import);

our @EXPORT = qw(added aliases base_text in_vhost top without_vhost);
our @EXPORT_OK = qw(find_vhost has_name line_of policy_of vhosts_of);

# Changes of the text.

sub base_text { return file(var('top_dir') . '/servers/drift.conf.in') }

# Lets the change (of $_) loose on one vhost's section.
sub in_vhost {
    my ($name, $change) = @_;
    return sub {
        my ($text) = @_;
        my $found = 0;
        $text =~ s{(<VirtualHost (?:(?!</VirtualHost>).)*</VirtualHost>\n)}
            {_changed($1, $name, $change, \$found)}gse;
        die "no vhost $name\n" if !$found;
        return $text;
    };
}

sub _changed {
    my ($section, $name, $change, $found) = @_;
    return $section if $section !~ /^ *ServerName +\Q$name\E\.example\.test$/m;
    $$found = 1;
    local $_ = $section;
    $change->();
    die "nothing changed in $name\n" if $_ eq $section;
    return $_;
}

# Adds lines to a vhost.
sub added {
    my ($name, @lines) = @_;
    return in_vhost($name, sub { s{^(</VirtualHost>)}{join '', map({"    $_\n"} @lines), $1}me });
}

# Gives a vhost these aliases.
sub aliases {
    my ($name, $line) = @_;
    return in_vhost($name, sub { s/^( *ServerAlias +).*/$1$line/m });
}

sub without_vhost {
    my ($name) = @_;
    return in_vhost($name, sub { $_ = '' });
}

# Replaces a line of the top level.
sub top {
    my ($directive, $line) = @_;
    return sub {
        my ($text) = @_;
        $text =~ s/^\Q$directive\E .*/$line/m or die "no $directive\n";
        return $text;
    };
}

# What a text says.

my $for_policy = qr{^\s*(?:</?VirtualHost\b|</?Location\b|Server(?:Name|Alias)\b|Protocols\b
    |SNIPolicy\b|SSL(?!Engine\b|Options\b|HonorCipherOrder\b)\w+)}x;

# The text without what only httpd needs, its lines where they were.
sub policy_of {
    my ($text) = @_;
    $text =~ s/^SSLVHostSNIPolicy/SNIPolicy/m;
    $text =~ s{(<VirtualHost (?:(?!</VirtualHost>).)*</VirtualHost>\n)}
        {my $section = $1; $section =~ /^ *SSLEngine +on$/m ? $section : $section =~ s,.+,,gr}gse;
    return join '', map { /$for_policy/ ? "$_\n" : "\n" } split /\n/, $text;
}

# The vhosts of a text: name, names, matches (any of them), addresses, line, tls, h2, text.
sub vhosts_of {
    my ($text) = @_;
    my @vhosts;
    while ($text =~ m{^(<VirtualHost ([^>]*)>\n(.*?)</VirtualHost>)}gsm) {
        my ($whole, $addresses, $lines) = ($1, $2, $3);
        my $line = 1 + substr($text, 0, $-[0]) =~ tr/\n//;
        my ($name) = $lines =~ /^ *ServerName +(?:https:\/\/)?([^\s:]+)/m;
        my ($protocols) = $lines =~ /^ *Protocols +(.*)/m;
        my @names = ($name, map { split } $lines =~ /^ *ServerAlias +(.*)/mg);
        push @vhosts, {
            name      => lc $name,
            names     => \@names,
            matches   => _matching(@names),
            addresses => [split ' ', $addresses],
            line      => $line,
            tls       => scalar $lines =~ /^ *SSLEngine +on$/m,
            h2        => scalar(($protocols // 'h2') =~ /\bh2\b/),
            text      => $whole,
        };
    }
    return @vhosts;
}

# The line of a vhost, or of a directive in it.
sub line_of {
    my ($vhosts, $name, $directive) = @_;
    my ($vhost) = grep { $_->{name} eq "$name.example.test" } @$vhosts;
    die "no vhost $name\n" if !$vhost;
    return $vhost->{line} if !defined $directive;
    $vhost->{text} =~ /^ *\Q$directive\E\b/m or die "no $directive in $name\n";
    return $vhost->{line} + (substr($vhost->{text}, 0, $-[0]) =~ tr/\n//);
}

# What httpd does with a name on an address: its first vhost that has it, or its first.
sub find_vhost {
    my ($vhosts, $address, $name) = @_;
    my @here = grep { grep { $_ eq $address } @{$_->{addresses}} } @$vhosts;
    my ($vhost) = grep { has_name($_, $name) } @here;
    return $vhost // $here[0];
}

sub has_name {
    my ($vhost, $name) = @_;
    return scalar $name =~ $vhost->{matches};
}

sub _matching {
    my $any = join '|', map { join '.*', map { quotemeta } split /\*/, lc, -1 } @_;
    return qr/\A(?:$any)\z/;
}

1;
