# package.mk: the tarball of sources, and packages made of it.
#
#   make dist    out/dist/mod-authority-VERSION.tar.gz, of what is committed
#   make deb     out/dist/*.deb, of that tarball and debian/
#   make rpm     out/dist/rpm/, of that tarball and mod-authority.spec beside this; where rpm does not
#                know what is installed, as on Debian, with RPMFLAGS=--nodeps
#
# One commit makes one tarball, byte for byte: git takes its time stamps from the commit,
# and gzip writes none.

version := $(shell sed -n 's/^.define ATY_VERSION "\(.*\)"/\1/p' authorityc/version.h)
dist := out/dist
release := mod-authority-$(version)
tarball := $(dist)/$(release).tar.gz

.PHONY: dist deb rpm

dist:
	@mkdir -p $(dist)
	git archive --format=tar --prefix=$(release)/ HEAD | gzip -9n >$(tarball)

deb: dist
	rm -rf $(dist)/$(release) $(dist)/*.deb
	tar -xzf $(tarball) -C $(dist)
	cp $(tarball) $(dist)/mod-authority_$(version).orig.tar.gz
	cp -R debian $(dist)/$(release)/
	cd $(dist)/$(release) && dpkg-buildpackage -us -uc
	rm -rf $(dist)/$(release)

rpm: dist
	rpmbuild -ta $(RPMFLAGS) --define '_topdir $(CURDIR)/$(dist)/rpm' $(tarball)
