create table if not exists socket_inbox (
	position bigint generated always as identity primary key,
	server varchar(255) not null,
	session varchar(255) not null,
	identity varchar,
	message_id varchar(255),
	received_at timestamp(6) with time zone not null,
	payload binary large object not null,
	constraint socket_inbox_message unique nulls distinct (server, message_id)
);
