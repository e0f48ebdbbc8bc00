# package.mk: the tarball of sources, and packages made of it.
#
#   make dist    out/dist/mod-authority-VERSION.tar.gz, of what is committed
#   make deb     out/dist/*.deb, of that tarball
#   make rpm     out/dist/rpm/, of that tarball; where rpm does not know what is installed,
#                as on Debian, with RPMFLAGS=--nodeps
#
# One commit makes one tarball, byte for byte, wherever, whenever and by whom: git takes the
# time stamps from the commit, nothing of the user's settings, and gzip writes no time.
#
# Debian's source package is the tarball without debian/, and debian/ beside it.

version := $(shell sed -n 's/^.define ATY_VERSION "\(.*\)"/\1/p' authorityc/version.h)
dist := out/dist
release := mod-authority-$(version)
tarball := $(dist)/$(release).tar.gz

.PHONY: dist deb rpm

dist:
	@mkdir -p $(dist)
	git -c tar.umask=0022 -c core.autocrlf=false archive --format=tar \
	    --prefix=$(release)/ -o $(dist)/$(release).tar HEAD
	gzip -9nf $(dist)/$(release).tar

deb: dist
	rm -rf $(dist)/$(release) $(dist)/*.deb
	gzip -dc $(tarball) | tar --delete $(release)/debian | gzip -9n \
	    >$(dist)/mod-authority_$(version).orig.tar.gz
	tar -xzf $(tarball) -C $(dist)
	cd $(dist)/$(release) && dpkg-buildpackage -us -uc
	rm -rf $(dist)/$(release)

rpm: dist
	rpmbuild -ta $(RPMFLAGS) --define '_topdir $(CURDIR)/$(dist)/rpm' $(tarball)
