package dev.socketserver.comingfrom;

import java.io.IOException;

import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;
import org.jpos.iso.ISOServer;
import org.jpos.iso.channel.NACChannel;
import org.jpos.iso.packager.ISO87APackager;

class JposEcho {

	private final ISOServer server = new ISOServer(0, new NACChannel(new ISO87APackager(), new byte[0]), 10);

	void start() {
		this.server.addISORequestListener((source, message) -> {
			try {
				ISOMsg reply = (ISOMsg) message.clone();
				reply.setResponseMTI();
				reply.set(39, "00");
				source.send(reply);
				return true;
			}
			catch (ISOException | IOException ex) {
				return false;
			}
		});
		new Thread(this.server).start();
	}

	int port() {
		return this.server.getPort();
	}

	void close() {
		this.server.shutdown();
	}

}
