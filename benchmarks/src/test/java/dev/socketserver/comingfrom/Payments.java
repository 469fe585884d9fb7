package dev.socketserver.comingfrom;

import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;

@SocketHandler("payments")
class Payments {

	@OnMessage
	ISOMsg handle(ISOMsg message) throws ISOException {
		ISOMsg reply = (ISOMsg) message.clone();
		reply.setResponseMTI();
		reply.set(39, "00");
		return reply;
	}

}
