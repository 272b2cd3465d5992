-- A value that a withdrawal may cover or not, because what its author had seen is not here yet, is
-- kept without content and asked for again. It is listed as lacking before its content goes.

DROP TRIGGER content_refuses_delete;
CREATE TRIGGER content_refuses_delete BEFORE DELETE ON content
WHEN NOT EXISTS (SELECT 1 FROM destroyed WHERE part = OLD.part)
    AND NOT EXISTS (SELECT 1 FROM waiting WHERE entry = OLD.part / 4096)
    AND NOT EXISTS (
        SELECT 1 FROM lacking WHERE entry = OLD.part / 4096 AND place = OLD.part % 4096
    )
BEGIN SELECT RAISE(ABORT, 'content goes only by a confirmed withdrawal'); END;
