package dev.socketserver.comingfrom;

import java.util.Arrays;

import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.payload.PayloadConverter;
import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;
import org.jpos.iso.ISOPackager;
import org.jpos.iso.packager.ISO87APackager;

import org.springframework.stereotype.Component;

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

@Component
class IsoMessages implements PayloadConverter<ISOMsg> {

	private final ISOPackager packager = new ISO87APackager();

	@Override
	public Class<ISOMsg> type() {
		return ISOMsg.class;
	}

	@Override
	public ISOMsg read(byte[] source, int offset, int length) throws ISOException {
		ISOMsg message = new ISOMsg();
		message.setPackager(this.packager);
		message.unpack(Arrays.copyOfRange(source, offset, offset + length));
		return message;
	}

	@Override
	public byte[] write(ISOMsg message) throws ISOException {
		message.setPackager(this.packager);
		return message.pack();
	}

}
