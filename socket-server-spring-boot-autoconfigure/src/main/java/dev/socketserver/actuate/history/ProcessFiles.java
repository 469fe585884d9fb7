package dev.socketserver.actuate.history;

import java.lang.management.ManagementFactory;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.socketserver.actuate.history.HistoryDescriptor.UsedDescriptor;
import org.jspecify.annotations.Nullable;

/** The descriptors of files and sockets that this process has, and may have. */
final class ProcessFiles {

	private ProcessFiles() {
	}

	static @Nullable UsedDescriptor used() {
		try {
			if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
				long open = unix.getOpenFileDescriptorCount();
				long most = unix.getMaxFileDescriptorCount();
				return (open >= 0 && most > 0) ? new UsedDescriptor(open, most) : null;
			}
		}
		catch (LinkageError ex) {
			// A runtime image may lack that module: then it is not known.
		}
		return null;
	}

}
