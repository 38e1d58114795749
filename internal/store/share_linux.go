package store

import "golang.org/x/sys/unix"

// fileSystemOf asks the kernel, which answers with the magic number of the
// file system's type (statfs(2)).
func fileSystemOf(dir string) (fileSystem, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return fileSystem{}, err
	}
	// The field's width differs between architectures; the numbers have 32 bits.
	return byMagic(uint32(st.Type)), nil
}

func byMagic(magic uint32) fileSystem {
	const (
		ncp            = 0x564c
		sharedFoldersV = 0x786f4256 // VirtualBox
		sharedFoldersW = 0xbacbacbc // VMware
		cluster        = 0x01161970 // GFS2
	)
	switch magic {
	case unix.NFS_SUPER_MAGIC:
		return fileSystem{name: "a network share (NFS)", share: true}
	case unix.CIFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return fileSystem{name: "a network share (SMB)", share: true}
	case unix.V9FS_MAGIC:
		return fileSystem{name: "another system's drive (9P, such as a Windows drive under WSL)", share: true}
	case unix.AFS_FS_MAGIC, unix.AFS_SUPER_MAGIC, unix.CODA_SUPER_MAGIC, unix.CEPH_SUPER_MAGIC, unix.OCFS2_SUPER_MAGIC, ncp, cluster:
		return fileSystem{name: "a network file system", share: true}
	case sharedFoldersV, sharedFoldersW:
		return fileSystem{name: "a folder that a virtual machine shares with its host", share: true}
	case unix.FUSE_SUPER_MAGIC:
		return fileSystem{name: "a FUSE file system", doubtful: true}
	default:
		return fileSystem{}
	}
}
